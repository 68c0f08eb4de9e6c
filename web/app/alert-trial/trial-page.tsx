/** "Try a message": a form, and every stage of each alert as a sentence. */
import type { ReactElement } from 'react';
import type { TrialAnswer, TriedAlert } from '../../../services/alert/alert-trials.service.js';
import { Hidden, SelectField, TextArea } from '../../ui/fields.js';
import { Empty } from '../../ui/layout.js';
import { type Flash, FlashNotice, Notice } from '../../ui/notice.js';
import { Who } from '../../ui/viewer.js';
import { appFrame } from '../app-frame.js';
import type { PageContext } from '../page-contexts.js';

export interface TrialView {
  typed: { source: string; body: string };
  answer: TrialAnswer | null;
  flash: Flash | null;
}

const SAMPLE =
  '{"title": "Replica lag 900 s", "severity": "critical", "dedupKey": "checkout-db/replica-lag"}';

export function trialPage(context: PageContext, { typed, answer, flash }: TrialView): ReactElement {
  const sources = context.snapshot
    .list('Source')
    .filter(({ spec }) => spec.format !== 'heartbeat')
    .map(({ name, spec }) => ({ value: name, text: `${name} (${spec.format})` }))
    .toSorted((a, b) => a.value.localeCompare(b.value));
  return appFrame(
    context,
    { title: 'Try a message', section: 'sources' },
    <>
      <div className="head">
        <h1>Try a message</h1>
        <a className="btn" href="/alerts/replay">
          Replay the last days
        </a>
      </div>
      <FlashNotice flash={flash} />
      <section className="card" aria-labelledby="message">
        <h2 id="message">The message</h2>
        {sources.length === 0 ? (
          <Empty title="No source yet">
            <p>
              A message is read as its source reads it. Apply a document of the kind Source first, as{' '}
              <a href="/sources">Sources</a> says.
            </p>
          </Empty>
        ) : (
          <form method="post" action="/alerts/simulate">
            <Hidden fields={{ csrf: context.frame.csrf, idempotencyKey: context.idempotencyKey }} />
            <SelectField name="source" label="Source" value={typed.source} choices={sources} />
            <TextArea
              name="body"
              label="Body, as its sender sends it"
              hint={`For example, in the generic format: ${SAMPLE}`}
              rows={8}
              value={typed.body}
            />
            <p>
              <button type="submit">Try it</button>{' '}
              <span className="soft">Nothing is stored, and nobody is paged.</span>
            </p>
          </form>
        )}
      </section>
      {answer === null ? null : <Answer answer={answer} />}
    </>,
  );
}

function Answer({ answer: { alerts, refused } }: { answer: TrialAnswer }) {
  return (
    <section aria-labelledby="answer">
      <h2 id="answer">What would happen now</h2>
      {refused.length === 0 ? null : (
        <Notice tone="warn" title="In part">
          {refused.length} of its alerts would be refused: {refused[0]?.path} {refused[0]?.message}.
        </Notice>
      )}
      {alerts.length === 0 ? <p>The message has no alert, so nothing would happen.</p> : null}
      {alerts.map((alert, index) => (
        <Tried key={index} alert={alert} />
      ))}
    </section>
  );
}

function Tried({ alert }: { alert: TriedAlert }) {
  const { title, severity, dedupKey, stages, pages } = alert;
  return (
    <article className="card">
      <h3>
        <bdi>{title}</bdi>
      </h3>
      <p className="soft small">
        {severity}, key <bdi>{dedupKey}</bdi>
      </p>
      <p>
        <strong>{outcomeOf(alert)}</strong>
      </p>
      {pages.length === 0 ? null : (
        <p>
          First{' '}
          {pages.map(({ person, channel }, index) => (
            <span key={index}>
              {index > 0 ? ', ' : ''}
              <Who actor={person} /> ({channel})
            </span>
          ))}
          .
        </p>
      )}
      <ol>
        {stages.map(({ stage, text }, index) => (
          <li key={index}>
            <span className="tag">{stage}</span> <bdi>{text}</bdi>
          </li>
        ))}
      </ol>
    </article>
  );
}

function outcomeOf({ wouldOpen, calls, priority, action }: TriedAlert): string {
  if (wouldOpen === null)
    return action === 'trigger' ? 'It opens no incident, and nobody is paged.' : 'It pages nobody.';
  const where = wouldOpen.number ?? 'an incident that does not exist yet';
  if (calls === 'opened')
    return `It opens an incident${priority === null ? '' : ` of ${priority}`}, and people are paged.`;
  if (calls === 'reopened') return `It opens ${where} again, and people are paged.`;
  if (calls === 'raised') return `It raises the priority of ${where}, and people are paged.`;
  if (calls === 'joined') return `It joins ${where}, and people are paged again.`;
  return `It belongs to ${where}; nobody is paged for it.`;
}

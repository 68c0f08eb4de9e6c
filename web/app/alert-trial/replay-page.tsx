/** Replay: a form in which documents are pasted, and the pages that would be fewer, lost and new. */
import type { ReactElement } from 'react';
import type { ReplayedAlert } from '../../../domain/alert/trial/replay.js';
import type { Replay } from '../../../services/alert/alert-replays.service.js';
import { Hidden, TextArea, TextField } from '../../ui/fields.js';
import { type Flash, FlashNotice } from '../../ui/notice.js';
import { Time } from '../../ui/time.js';
import { appFrame } from '../app-frame.js';
import type { PageContext } from '../page-contexts.js';

export interface ReplayView {
  typed: { days: string; documents: string };
  replay: Replay | null;
  flash: Flash | null;
}

export function replayPage(context: PageContext, { typed, replay, flash }: ReplayView): ReactElement {
  return appFrame(
    context,
    { title: 'Replay the last days', section: 'sources' },
    <>
      <div className="head">
        <h1>Replay the last days</h1>
        <a className="btn" href="/alerts/simulate">
          Try a message
        </a>
      </div>
      <FlashNotice flash={flash} />
      <section className="card" aria-labelledby="compared">
        <h2 id="compared">Proposed documents</h2>
        <form method="post" action="/alerts/replay">
          <Hidden fields={{ csrf: context.frame.csrf, idempotencyKey: context.idempotencyKey }} />
          <TextArea
            name="documents"
            label="Documents, as YAML"
            hint="For example a Service with another group, PriorityRules or an Inhibition. They replace those of the same names for this comparison alone."
            rows={10}
            value={typed.documents}
          />
          <TextField name="days" label="Days" hint="1 to 30, counted back from now" value={typed.days} />
          <p>
            <button type="submit">Compare</button>{' '}
            <span className="soft">Nothing is stored, and nobody is paged.</span>
          </p>
        </form>
      </section>
      {replay === null ? null : <Result replay={replay} />}
    </>,
  );
}

function Result({ replay }: { replay: Replay }) {
  const { from, to, messages, leftOut, before, after, fewer, lost, lostTotal, newTotal } = replay;
  return (
    <section className="card" aria-labelledby="result">
      <h2 id="result">{fewerText(fewer)}</h2>
      <p>
        {messages} messages between <Time at={from} only="absolute" /> and <Time at={to} only="absolute" />
        {leftOut === 0 ? '' : `; ${leftOut} could not be replayed`}.
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">Total</th>
            <th scope="col">In force</th>
            <th scope="col">Proposed</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Times that people are called</th>
            <td>{before.pages}</td>
            <td>{after.pages}</td>
          </tr>
          <tr>
            <th scope="row">Incidents</th>
            <td>{before.incidents}</td>
            <td>{after.incidents}</td>
          </tr>
        </tbody>
      </table>
      <h3>Would reach nobody ({lostTotal})</h3>
      <Alerts alerts={lost} total={lostTotal} />
      <h3>Would reach somebody only now ({newTotal})</h3>
      <Alerts alerts={replay.new} total={newTotal} />
    </section>
  );
}

const fewerText = (fewer: number): string =>
  fewer === 0 ? 'As many pages as now' : fewer > 0 ? `${fewer} pages fewer` : `${-fewer} pages more`;

function Alerts({ alerts, total }: { alerts: readonly ReplayedAlert[]; total: number }) {
  if (alerts.length === 0) return <p className="soft">None.</p>;
  return (
    <>
      <ul>
        {alerts.map(({ title, source, at, because }, index) => (
          <li key={index}>
            <bdi>{title}</bdi> <span className="soft">from {source}</span>, <Time at={at} only="absolute" />:{' '}
            <bdi>{because}</bdi>
          </li>
        ))}
      </ul>
      {total > alerts.length ? <p className="soft">and {total - alerts.length} more.</p> : null}
    </>
  );
}

/** Parts of an incident that link pages and the incident page share. */
import { Fragment } from 'react';
import type { Answers } from '../../db/incident/answers-view.js';
import type { AlertReply } from '../../db/alert/alert-view.js';
import { ownFields } from '../../domain/alert/own-fields.js';
import type { TimelineItem } from '../../db/incident/timeline-view.js';
import type { IncidentState, Responder } from '../../domain/incident/state.js';
import type { Answer, Answering } from '../../domain/incident/who-answered.js';
import type { EscalationPreview } from '../../services/escalation/escalation-preview.js';
import { DrillBadge, PriorityBadge, StatusBadge } from './badges.js';
import { isWebAddress, SafeLink } from './safe-link.js';
import { Linked, Sentence, Time } from './time.js';
import { nameOf, useViewer, Who, Whose } from './viewer.js';

export function IncidentTags({
  incident,
}: {
  incident: Pick<IncidentState, 'number' | 'priority' | 'status' | 'escalations'> & { drill: unknown };
}) {
  return (
    <p className="tags">
      <PriorityBadge priority={incident.priority} />
      <StatusBadge incident={incident} />
      {incident.drill === null || incident.drill === false ? null : <DrillBadge />}
      <span className="soft">{incident.number}</span>
    </p>
  );
}

type Asked = Pick<IncidentState, 'status' | 'responders' | 'escalations'>;

/** Text after the last step: people were paged and none answered, or there was nobody to page. The same everywhere. */
export const exhaustedText = ({ responders }: Pick<IncidentState, 'responders'>): string =>
  responders.some(({ pagedAt }) => pagedAt !== null)
    ? 'Escalation exhausted: every step was paged and nobody has answered'
    : 'Escalation exhausted: no step had anybody to page';

/** State of each responder: paged, acknowledged and unacknowledged are different facts. */
export function ResponderList({ incident, answers }: { incident: Asked; answers: Answers }) {
  const { responders, escalations } = incident;
  const awaiting = new Set(escalations.flatMap((escalation) => escalation.awaiting));
  if (responders.length === 0)
    return (
      <p className="soft">
        {escalations.some(({ phase }) => phase === 'exhausted')
          ? `${exhaustedText(incident)}.`
          : 'Nobody has been paged yet.'}
      </p>
    );
  return (
    <ul className="plain">
      {responders.map((one) => (
        <li key={`${one.team}/${one.person}`}>
          <strong>
            <Who actor={one.person} />
          </strong>{' '}
          <span className="soft">
            {one.team}
            {one.required ? ', must acknowledge' : ''}
          </span>
          <br />
          <span className="small">
            {status(one, answers.get(one.person), {
              isAwaited: awaiting.has(one.person),
              isOver: isOver(incident),
            })}
          </span>
        </li>
      ))}
    </ul>
  );
}

function status(
  one: Responder,
  answering: Answering | undefined,
  { isAwaited, isOver }: { isAwaited: boolean; isOver: boolean },
) {
  const answer = answering?.answer ?? null;
  if (answer !== null) return <Answered answer={answer} />;
  const pagedAt = answering?.pagedAt ?? one.pagedAt;
  if (pagedAt === null) return <>not paged</>;
  return (
    <>
      paged <Time at={pagedAt} />,{' '}
      {isOver ? 'no answer' : isAwaited ? 'their own acknowledgement is needed' : 'no answer yet'}
    </>
  );
}

function Answered({ answer: { kind, at, to, holds } }: { answer: Answer }) {
  const { names } = useViewer();
  const words = {
    acknowledged: holds ? '✓ acknowledged' : 'had acknowledged; the acknowledgement has ended',
    declined: "can't take it",
    gave_back: 'unacknowledged it',
    handed_over: `reassigned it to ${to === null ? 'somebody' : nameOf(to, names)}`,
  }[kind];
  return (
    <>
      {words} {kind === 'acknowledged' && !holds ? null : <Time at={at} />}
    </>
  );
}

export const isOver = ({ status }: Pick<IncidentState, 'status'>): boolean =>
  status === 'resolved' || status === 'closed';

/** One line for each team: its current step, the next one and when. */
export function PreviewLines({ previews }: { previews: readonly EscalationPreview[] }) {
  return (
    <ul className="plain">
      {previews.map(({ escalation, next }) => (
        <li key={escalation.name}>
          <strong>{escalation.team}</strong>
          {escalation.phase === 'answered' ? ': answered' : null}
          {escalation.phase === 'stopped' ? ': not paged while no alert fires' : null}
          {escalation.phase === 'exhausted' ? <span className="error">: escalation exhausted</span> : null}
          {escalation.phase === 'waiting' || escalation.phase === 'to_page'
            ? `: ${escalation.step === 0 ? 'reassigned' : `step ${Math.min(escalation.step, escalation.steps)} of ${escalation.steps}`}`
            : null}
          {next === null ? null : (
            <>
              <br />
              <span className="small">
                {escalation.phase === 'to_page' ? 'Being paged' : 'Next'}:{' '}
                <Whose people={next.preview.people} />
                {next.preview.catchAll ? ' (catch-all)' : ''}
                {next.at === null ? null : (
                  <>
                    {' '}
                    at <Time at={next.at} />
                  </>
                )}
              </span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Alerts of an incident with the sender's text, fields, labels and links; `labels` is the most of each. */
export function AlertList({
  alerts,
  total,
  labels: most,
}: {
  alerts: readonly AlertReply[];
  total: number;
  labels: number;
}) {
  if (alerts.length === 0) return <p className="soft">No alert: a person declared this incident.</p>;
  return (
    <>
      <ul className="plain">
        {alerts.map((alert) => (
          <li key={alert.id}>
            <strong>
              <bdi>{alert.title}</bdi>
            </strong>
            <br />
            <span className="soft small">
              {alert.status}, {alert.severity}, from {alert.source}
              {alert.count > 1 ? `, ${alert.count} times` : ''}, since <Time at={alert.firstAt} />
            </span>
            <Told alert={alert} most={most} />
            <Labels labels={alert.labels} most={most} />
            <AlertLinks links={alert.links} />
          </li>
        ))}
      </ul>
      {total > alerts.length ? <p className="soft small">And {total - alerts.length} more.</p> : null}
    </>
  );
}

/** The sender's description and fields, in full: a page that is not understood is answered late. */
function Told({ alert, most }: { alert: AlertReply; most: number }) {
  const { description, details, title, firstTitle } = alert;
  const fields = ownFields(details, [description, title]);
  const rest = fields.length - most;
  return (
    <>
      {description === null || description.trim() === '' ? null : (
        <p className="prose">
          <Linked text={description} />
        </p>
      )}
      {title === firstTitle ? null : (
        <p className="small soft">
          At first: <bdi>{firstTitle}</bdi>
        </p>
      )}
      {fields.length === 0 ? null : (
        <p className="small prose">
          {fields.slice(0, most).map(({ name, value }, index) => (
            <Fragment key={name}>
              {index === 0 ? '' : '\n'}
              <bdi>{name}</bdi>: <Linked text={value} />
            </Fragment>
          ))}
          {rest > 0 ? `\nand ${rest} more` : ''}
        </p>
      )}
    </>
  );
}

function Labels({ labels, most }: { labels: Record<string, string>; most: number }) {
  const entries = Object.entries(labels);
  if (entries.length === 0) return null;
  const rest = entries.length - most;
  return (
    <p className="small">
      {entries.slice(0, most).map(([name, value]) => (
        <span key={name}>
          <code>
            {name}={value}
          </code>{' '}
        </span>
      ))}
      {rest > 0 ? <span className="soft">and {rest} more labels</span> : null}
    </p>
  );
}

function AlertLinks({ links }: { links: readonly unknown[] }) {
  const shown = links.filter(
    (link): link is { title: string; url: string } =>
      typeof link === 'object' &&
      link !== null &&
      'url' in link &&
      typeof link.url === 'string' &&
      isWebAddress(link.url),
  );
  if (shown.length === 0) return null;
  return (
    <p className="small row">
      {shown.slice(0, 5).map((link) => (
        <SafeLink key={link.url} url={link.url}>
          {typeof link.title === 'string' && link.title !== '' ? link.title : link.url}
        </SafeLink>
      ))}
    </p>
  );
}

export interface DiagnosticSeen {
  seq: number;
  name: string;
  ok: boolean;
  summary: string;
  output: string;
  at: string;
}

/** The newest result of each check. */
export function diagnosticsOf(timeline: readonly TimelineItem[]): DiagnosticSeen[] {
  const byName = new Map<string, DiagnosticSeen>();
  for (const { seq, at, kind, data } of timeline) {
    if (kind !== 'diagnostic_finished' || !('summary' in data) || !('ok' in data)) continue;
    const known = byName.get(data.name);
    if (known === undefined || known.seq < seq)
      byName.set(data.name, {
        seq,
        at,
        name: data.name,
        ok: data.ok,
        summary: data.summary,
        output: data.output,
      });
  }
  return [...byName.values()];
}

export function DiagnosticList({
  diagnostics,
  output,
}: {
  diagnostics: readonly DiagnosticSeen[];
  output: boolean;
}) {
  return (
    <ul className="plain">
      {diagnostics.map((one) => (
        <li key={one.name}>
          <strong>
            {one.ok ? '✓' : '✗'} {one.name}
          </strong>
          : {one.ok ? 'passed' : 'failed'}
          {one.summary === '' ? '' : `, ${one.summary}`}{' '}
          <span className="soft small">
            <Time at={one.at} only="relative" />
          </span>
          {output && one.output.trim() !== '' ? (
            <details>
              <summary>Output of {one.name}</summary>
              <pre>{one.output}</pre>
            </details>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

const dots: Readonly<Record<string, string>> = {
  opened: 'bad-dot',
  paged: 'key',
  escalated: 'bad-dot',
  exhausted: 'bad-dot',
  acknowledged: 'key',
  resolved: 'good-dot',
  closed: 'good-dot',
  postmortem_approved: 'good-dot',
  acknowledgement_expired: 'bad-dot',
};

export function TimelineList({ items }: { items: readonly TimelineItem[] }) {
  return (
    <ol className="log" reversed={(items[0]?.seq ?? 0) > (items.at(-1)?.seq ?? 0)}>
      {items.map((item) => (
        <li key={item.seq} className={Object.hasOwn(dots, item.kind) ? dots[item.kind] : undefined}>
          <Time at={item.at} />
          <span className="prose">
            <Sentence text={item.text} />
          </span>
        </li>
      ))}
    </ol>
  );
}

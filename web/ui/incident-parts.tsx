/** Parts of an incident that link pages and the incident page share. */
import type { IncidentState, Responder } from '../../domain/incident/state.js';
import type { Answer, Answering } from '../../domain/incident/who-answered.js';
import type { EscalationPreview } from '../../services/escalation/escalation-preview.js';
import type { Answers, TimelineItem } from '../../services/incident/incident-queries.service.js';
import { DrillBadge, PriorityBadge, StatusBadge } from './badges.js';
import { Sentence, Time } from './time.js';
import { Named, nameOf, useViewer, Who, Whose } from './viewer.js';

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

type Responding = Pick<IncidentState, 'status' | 'responders' | 'escalations'>;

/** Text after the last step: people were paged and none answered, or there was nobody to page. The same everywhere. */
export const exhaustedText = ({ responders }: Pick<IncidentState, 'responders'>): string =>
  responders.some(({ pagedAt }) => pagedAt !== null)
    ? 'Escalation exhausted: every step was paged and nobody has answered'
    : 'Escalation exhausted: no step had anybody to page';

/** State of each responder: paged, acknowledged and unacknowledged are different facts. */
export function ResponderList({ incident, answers }: { incident: Responding; answers: Answers }) {
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
            <Named kind="Team" name={one.team} />
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
          <strong>
            <Named kind="Team" name={escalation.team} />
          </strong>
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
                {escalation.phase === 'to_page' && next.at === null ? 'Being paged' : 'Next'}:{' '}
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

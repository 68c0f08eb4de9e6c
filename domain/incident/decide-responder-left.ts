/**
 * Handles a person who was deleted or may answer no more while an incident depends on them, so that no escalation waits for an
 * absent person.
 */
import { accepted, type Decision, type ResponseCommand, unchanged } from './commands.js';
import type { IncidentFact } from './events.js';
import { isOpenIncident } from './is-open.js';
import { concerns, isSnoozedBy, withoutResponder } from './responder-left.js';
import { isQuiet } from './quiet.js';
import type { IncidentState, EscalationState } from './state.js';
import { isPaging, nextStepRef, restartedEscalation } from './escalations.js';

export function personLeft(
  state: IncidentState,
  { person, reason }: Extract<ResponseCommand, { type: 'person_left' }>,
): Decision {
  const isOpen = isOpenIncident(state);
  if (!isOpen) return unchanged;
  if (
    !concerns(state, person) &&
    !state.escalations.some((escalation) => answeredAlone(state, escalation, person))
  )
    return unchanged;
  const left: IncidentFact = { kind: 'responder_left', data: { person, reason } };
  const why = `${person} ${reason}`;
  const hadIt = state.status === 'acknowledged' && state.acknowledgedBy === person;
  // Nothing fires any more: no page is sent, and without a holder the incident is over.
  if (isQuiet(state))
    return hadIt
      ? accepted(left, { kind: 'resolved', data: { comment: null, because: 'alerts_closed' } })
      : accepted(left);
  // The holder left, so the incident is unacknowledged even during a snooze.
  if (hadIt) return accepted(left, { kind: 'unacknowledged', data: { reason: why } });
  // Nobody has it, and the person who put its pages off is gone.
  if (state.status === 'triggered' && isSnoozedBy(state, person))
    return accepted(left, { kind: 'snooze_ended', data: {} });
  const after = withoutResponder(state, person);
  const going = state.escalations.flatMap((escalation, index): IncidentFact[] => {
    const now = after.escalations[index];
    return now === undefined ? [] : goesOn(after, { before: escalation, now, person, why });
  });
  return accepted(left, ...going);
}

function goesOn(
  state: IncidentState,
  {
    before,
    now,
    person,
    why,
  }: { before: EscalationState; now: EscalationState; person: string; why: string },
): IncidentFact[] {
  const escalated = (stepRef: { cycle: number; step: number }): IncidentFact => ({
    kind: 'escalated',
    data: { escalation: now.name, cycle: stepRef.cycle, step: stepRef.step, reason: why },
  });
  if (answeredAlone(state, now, person)) return [escalated(restartedEscalation(now))];
  const wasPaged = before.paged?.includes(person) === true || before.awaiting.includes(person);
  if (before.phase !== 'waiting' || !isPaging(state, now) || !wasPaged) return [];
  const paged = now.paged ?? [];
  if (paged.length === 0) {
    const next = nextStepRef(now, now);
    return next === null ? [] : [escalated(next)];
  }
  // With `ack: everyone` all others may have acknowledged; the step is then acknowledged.
  const [answerer] = paged;
  if (before.awaiting.length === 0 || now.awaiting.length > 0 || answerer === undefined) return [];
  return [
    {
      kind: 'acknowledged',
      data: { person: answerer, answered: [now.name], expiresAt: state.ackExpiresAt, earlier: true },
    },
  ];
}

/** A required escalation acknowledged only by that person needs a new acknowledgement. */
function answeredAlone(state: IncidentState, escalation: EscalationState, person: string): boolean {
  if (state.status !== 'acknowledged' || !escalation.required || escalation.phase !== 'answered')
    return false;
  const answers = state.responders.filter(
    ({ team, acknowledgedAt }) => team === escalation.team && acknowledgedAt !== null,
  );
  return answers.length > 0 && answers.every((one) => one.person === person);
}

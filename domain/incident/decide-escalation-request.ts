/** Decisions about the escalation path: unacknowledge, escalate, decline. */
import {
  type CommandContext,
  type Decision,
  type ResponseCommand,
  accepted,
  refused,
  unchanged,
} from './commands.js';
import { marked, markedDocument } from '../people/spoken.js';
import type { IncidentFact } from './events.js';
import type { IncidentState, EscalationState } from './state.js';
import { findEscalation, nextStepRef } from './escalations.js';

type CommandOf<T extends ResponseCommand['type']> = Extract<ResponseCommand, { type: T }>;

export function unacknowledge(
  state: IncidentState,
  { reason, step, to }: CommandOf<'unacknowledge'>,
  context: CommandContext,
): Decision {
  if (state.status !== 'acknowledged')
    return refused('not_acknowledged', `${state.number} is ${state.status}; nobody has acknowledged it`);
  const [first] = state.escalations;
  if (to !== undefined && first !== undefined) {
    const facts = handedTo(first, to, reason ?? `handed to ${to}`);
    return accepted({ kind: 'unacknowledged', data: { reason } }, ...afterRestart(state, facts));
  }
  return step === undefined
    ? accepted({ kind: 'unacknowledged', data: { reason } })
    : escalate(
        state,
        { type: 'escalate', step, escalation: null, reason: reason ?? `starts at step ${step}` },
        context,
      );
}

/** The owner's escalation path starts with that person, at step 0. */
const handedTo = ({ name, cycle }: EscalationState, to: string, reason: string): IncidentFact[] => [
  { kind: 'escalated', data: { escalation: name, cycle, step: 0, reason, to } },
];

/** Within this time after an escalation, an equal request is the same request: two people at once, or a text delivered twice. */
export const SAME_REQUEST_MS = 30_000;
/**
 * After an escalation by the clock, only a request at the same moment is a duplicate: a later requester has seen that no one
 * acknowledged.
 */
const SAME_MOMENT_MS = 3_000;

/**
 * True when the requested step was reached a moment ago: it is not paged yet, or the requester is not among its people and cannot
 * know. A requester who states the seen position (`seen`) means one step further.
 */
function isSameRequest(
  state: IncidentState,
  escalation: EscalationState,
  { step }: CommandOf<'escalate'>,
  { actor, onBehalfOf, now, unseen }: CommandContext,
): boolean {
  const { escalatedAt } = escalation;
  if (unseen !== true || state.status !== 'triggered' || escalatedAt === undefined) return false;
  if (step !== null && step !== escalation.step) return false;
  if (escalation.phase === 'to_page') return true;
  const freshMs = escalation.escalatedByClock === true ? SAME_MOMENT_MS : SAME_REQUEST_MS;
  const isFresh = Date.parse(now) - Date.parse(escalatedAt) < freshMs;
  return (
    isFresh && escalation.phase === 'waiting' && escalation.paged?.includes(onBehalfOf ?? actor) !== true
  );
}

export function escalate(
  state: IncidentState,
  command: CommandOf<'escalate'>,
  context: CommandContext,
): Decision {
  const facts: IncidentFact[] = [];
  let repeated = 0;
  const meant = state.escalations.filter(
    ({ name }) => command.escalation === null || name === command.escalation,
  );
  if (meant.length === 0) {
    const names = state.escalations.map(({ name }) => markedDocument('Team', name)).join(', ');
    return refused(
      'no_such_escalation',
      `${markedDocument('Team', command.escalation ?? '')} is not engaged in ${state.number}; ${names} is`,
    );
  }
  for (const escalation of meant) {
    const step = command.step;
    if (step !== null && (step < 1 || step > escalation.steps)) {
      if (command.escalation === null && state.escalations.length > 1) continue;
      return refused(
        'no_such_step',
        `${markedDocument('Team', escalation.name)} has steps 1 to ${escalation.steps}, not ${step}`,
      );
    }
    if (isSameRequest(state, escalation, command, context)) {
      repeated += 1;
      continue;
    }
    // Paging a step that was paged before needs a new cycle, so that ledger keys stay unique.
    const stepRef =
      step === null
        ? nextStepRef(escalation, escalation)
        : { cycle: escalation.cycle + (step <= escalation.step ? escalation.repeat + 1 : 0), step };
    if (stepRef === null) continue;
    facts.push({
      kind: 'escalated',
      data: { escalation: escalation.name, ...stepRef, reason: command.reason },
    });
  }
  if (facts.length === 0 && repeated > 0) return unchanged;
  if (facts.length === 0)
    return refused(
      'nobody_left',
      `${state.number} has been escalated to the last step and the catch-all already`,
    );
  const isSnoozed = state.snoozedUntil !== null;
  if (state.status === 'acknowledged' && (isSnoozed || meant.length === state.escalations.length))
    return accepted(
      { kind: 'unacknowledged', data: { reason: command.reason } },
      ...afterRestart(state, facts),
    );
  // A request for people ends a snooze. Engaging one team only adds people; other teams' acknowledgements stay valid.
  return isSnoozed
    ? accepted({ kind: 'snooze_ended', data: {} }, ...afterRestart(state, facts))
    : accepted(...facts);
}

/** A restart puts every escalation on a new cycle; events about the old cycle are moved to it. */
function afterRestart(state: IncidentState, facts: IncidentFact[]): IncidentFact[] {
  return facts.map((fact) => {
    if (fact.kind !== 'escalated') return fact;
    const escalation = findEscalation(state, fact.data.escalation);
    if (escalation === undefined) return fact;
    const cycle = (Math.floor(escalation.cycle / (escalation.repeat + 1)) + 1) * (escalation.repeat + 1);
    return { ...fact, data: { ...fact.data, cycle } };
  });
}

/** True for a text delivered twice: a person paged again by the next step has not declined that page too. */
const hasJustDeclined = (state: IncidentState, person: string, { now, unseen }: CommandContext): boolean =>
  unseen === true &&
  state.escalations.some(({ declinedAt }) => {
    const at = declinedAt !== undefined && Object.hasOwn(declinedAt, person) ? declinedAt[person] : undefined;
    return at !== undefined && Date.parse(now) - Date.parse(at) < SAME_REQUEST_MS;
  });

export function decline(
  state: IncidentState,
  { person, comment }: CommandOf<'decline'>,
  context: CommandContext,
): Decision {
  const waiting = state.escalations.filter(
    ({ phase, team }) =>
      phase === 'waiting' && state.responders.some((one) => one.person === person && one.team === team),
  );
  const own = waiting.find((escalation) => escalation.paged?.includes(person) ?? true);
  const escalation = own ?? waiting[0];
  if (escalation === undefined)
    return refused('not_paged', `${state.number} is not waiting for ${marked(person)}`);
  if (hasJustDeclined(state, person, context)) return unchanged;
  const stepRef = nextStepRef(escalation, escalation);
  const declined = { kind: 'declined', data: { person, escalation: escalation.name, comment } } as const;
  // The people of a later step keep their time, however many people of an earlier one decline.
  if (own === undefined || stepRef === null || state.snoozedUntil !== null) return accepted(declined);
  return accepted(declined, {
    kind: 'escalated',
    data: { escalation: escalation.name, ...stepRef, reason: `${person} can't take it` },
  });
}

/** Priority changes of an incident: by people, by rules, and by a joining alert or merged incident. */
import { type Decision, type PriorityWeight, accepted, refused, unchanged } from './commands.js';
import type { IncidentFact } from './events.js';
import { isOpenIncident } from './is-open.js';
import type { IncidentState } from './state.js';

export function setPriority(state: IncidentState, weight: PriorityWeight): Decision {
  if (state.status === 'closed')
    return refused('already_closed', `${state.number} was closed at ${state.closedAt ?? '?'}`);
  if (weight.by === null) {
    if (!mayRaise(state, weight)) return unchanged;
  } else if (weight.priority === state.priority && state.priorityBy === weight.by) {
    return unchanged;
  }
  // A holder who acknowledged a priority that wakes no one may be asleep; a person who raises it has seen who holds it.
  return weight.by === null && weight.wakes === true
    ? accepted(
        ...raisedByJoining(state, weight, `${weight.reasons.join('; ')}, and this was ${state.priority}`),
      )
    : accepted(prioritySet(state, weight));
}

/** Rules only raise a priority; they never lower one and never change one that a person set (docs/domain.md, Priority). */
export const mayRaise = (state: IncidentState, weight: PriorityWeight): boolean =>
  weight.priority < state.priority && (weight.by !== null || state.priorityBy === null);

export function prioritySet(state: IncidentState, { wakes = false, ...data }: PriorityWeight): IncidentFact {
  const isRaised = data.priority < state.priority;
  const startsOver = isRaised && isOpenIncident(state) && (wakes || state.snoozedUntil !== null);
  return {
    kind: 'priority_set',
    data: {
      ...data,
      ...(startsOver ? { startsOver } : {}),
      ...(isRaised ? { raisedFrom: state.priority } : {}),
    },
  };
}

/**
 * A joining alert or merged incident that is worse is paged at its own priority, because the holder accepted, or snoozed,
 * something less severe. `why`: the recorded reason.
 */
export function raisedByJoining(state: IncidentState, weight: PriorityWeight, why: string): IncidentFact[] {
  const begins = startsAnew(state, why);
  // Every escalation restarts already; the new priority must not restart it again.
  return begins === null
    ? [prioritySet(state, weight)]
    : [begins, prioritySet({ ...state, snoozedUntil: null }, { ...weight, wakes: false })];
}

/** Whoever has the incident, or snoozed it, loses it; null when nobody has it, so that it is paged already. */
export function startsAnew({ status, snoozedUntil }: IncidentState, why: string): IncidentFact | null {
  if (status === 'acknowledged') return { kind: 'unacknowledged', data: { reason: why } };
  return snoozedUntil === null ? null : { kind: 'snooze_ended', data: {} };
}

/** Another priority for an incident: what people set, what rules raise, and what joins brings with it. */
import { type Decision, type PriorityWeight, accepted, refused, unchanged } from './commands.js';
import type { IncidentFact } from './events.js';
import type { IncidentState } from './state.js';

const isOpen = ({ status }: IncidentState): boolean => status === 'triggered' || status === 'acknowledged';

export function setPriority(state: IncidentState, weight: PriorityWeight): Decision {
  if (state.status === 'closed')
    return refused('already_closed', `${state.number} was closed at ${state.closedAt ?? '?'}`);
  if (weight.by === null) {
    if (!mayRaise(state, weight)) return unchanged;
  } else if (weight.priority === state.priority && state.priorityBy === weight.by) {
    return unchanged;
  }
  // Who acknowledged what wakes nobody may be asleep now; a person who raises it has seen who has it.
  return weight.by === null && weight.wakes === true
    ? accepted(
        ...raisedByJoining(state, weight, `${weight.reasons.join('; ')}, and this was ${state.priority}`),
      )
    : accepted(prioritySet(state, weight));
}

/** Rules raise by themselves; they never lower, and never touch what a person set (domain.md, Priority). */
export const mayRaise = (state: IncidentState, weight: PriorityWeight): boolean =>
  weight.priority < state.priority && (weight.by !== null || state.priorityBy === null);

export function prioritySet(state: IncidentState, { wakes = false, ...data }: PriorityWeight): IncidentFact {
  const isRaised = data.priority < state.priority;
  const startsOver = isRaised && isOpen(state) && (wakes || state.snoozedUntil !== null);
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
 * What joins an incident and is worse than it is paged as what it is: whoever has the incident took on something less, and whoever
 * snoozed it put off something less. `why`: said where that ends.
 */
export function raisedByJoining(state: IncidentState, weight: PriorityWeight, why: string): IncidentFact[] {
  const begins = startsAnew(state, why);
  // Everybody is asked anew already: the new priority need not start over once more.
  return begins === null
    ? [prioritySet(state, weight)]
    : [begins, prioritySet({ ...state, snoozedUntil: null }, { ...weight, wakes: false })];
}

function startsAnew({ status, snoozedUntil }: IncidentState, why: string): IncidentFact | null {
  if (status === 'acknowledged') return { kind: 'unacknowledged', data: { reason: why } };
  return snoozedUntil === null ? null : { kind: 'snooze_ended', data: {} };
}

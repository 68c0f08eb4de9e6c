/** Removes a person who can no longer answer from an incident's open state; recorded actions stay. */
import type { IncidentState, EscalationState } from './state.js';

const others = (people: readonly string[] | undefined, person: string): string[] =>
  (people ?? []).filter((one) => one !== person);

/** Roles without a person who holds some of them. */
export const withoutRoles = (
  { commander, roles }: Pick<IncidentState, 'commander' | 'roles'>,
  person: string,
): Pick<IncidentState, 'commander' | 'roles'> => ({
  commander: commander === person ? null : commander,
  roles: Object.fromEntries(Object.entries(roles).filter(([, holder]) => holder !== person)),
});

export function withoutResponder(state: IncidentState, person: string): IncidentState {
  return {
    ...state,
    ...withoutRoles(state, person),
    ...(isSnoozedBy(state, person) ? { snoozedBy: null } : {}),
    escalations: state.escalations.map((escalation): EscalationState => ({
      ...escalation,
      named: escalation.named === person ? null : (escalation.named ?? null),
      paged: others(escalation.paged, person),
      awaiting: others(escalation.awaiting, person),
    })),
  };
}

export const isSnoozedBy = ({ snoozedUntil, snoozedBy }: IncidentState, person: string): boolean =>
  snoozedUntil !== null && snoozedBy === person;

/** True when the person holds or snoozed the incident, has a role in it, or is awaited by a step. */
export const concerns = (state: IncidentState, person: string): boolean =>
  state.commander === person ||
  Object.values(state.roles).includes(person) ||
  (state.status === 'acknowledged' && state.acknowledgedBy === person) ||
  isSnoozedBy(state, person) ||
  state.escalations.some(
    (escalation) =>
      escalation.named === person ||
      escalation.paged?.includes(person) === true ||
      escalation.awaiting.includes(person),
  );

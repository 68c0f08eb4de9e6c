/** Decides who is reminded of an overdue post-mortem (docs/domain.md, Post-mortem gate). */
import type { ConfigSnapshot } from '../config/specs.js';
import type { IncidentState } from '../incident/state.js';

/** People of a team who are told of an overdue review, beside those whose work it is. */
export interface OverdueReview {
  team: string;
  pending: readonly string[];
}

export const remindedPeople = (
  state: IncidentState,
  snapshot: Pick<ConfigSnapshot, 'get' | 'list'>,
  reminder: number,
): string[] => remindedOf({ team: state.team, pending: peopleWithPendingWork(state) }, snapshot, reminder);

/**
 * Reminder 1 goes to the people with pending work, 2 to the managers too, 3 and later to the admins as well. Somebody is always
 * reminded: the managers when nobody with pending work is left, the admins when there are no managers either.
 */
export function remindedOf(
  { team, pending }: OverdueReview,
  snapshot: Pick<ConfigSnapshot, 'get' | 'list'>,
  reminder: number,
): string[] {
  const known = pending.filter((person) => snapshot.get('Person', person) !== undefined);
  const managers = snapshot.get('Team', team)?.spec.managers ?? [];
  const admins = snapshot
    .list('Person')
    .filter((person) => person.spec.role === 'admin')
    .map((person) => person.name);
  const people = [
    ...known,
    ...(reminder >= 2 || known.length === 0 ? managers : []),
    ...(reminder >= 3 ? admins : []),
  ];
  return [...new Set(people.length > 0 ? people : admins)];
}

/** In review: the reviewers without a decision. Before: the author, or whoever worked on the incident. */
export function peopleWithPendingWork({ postmortem, commander, responders }: IncidentState): string[] {
  const { status, reviews, author } = postmortem;
  if (status === 'in_review')
    return reviews.filter((review) => review.decision === 'pending').map((review) => review.person);
  const acknowledgers = responders.filter((one) => one.acknowledgedAt !== null).map((one) => one.person);
  return [author, commander, ...acknowledgers].filter((person) => person !== null);
}

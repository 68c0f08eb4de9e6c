/**
 * Taking turns: each page of a step goes to the next one of a list. Where a list stands is remembered by its place, so that
 * an edit of the list keeps the turn of those who are still in it.
 */
import type { ConfigSnapshot, PolicySpec, PolicyTarget } from '../config/specs.js';

/** Who had the last turn at a place (`policy/checkout/1#0`: first target of step 1). */
export interface Turn {
  place: string;
  /** As it is written for people: `person ana`. */
  member: string;
  /** Position in the list at that time, from 0. */
  index: number;
}

export type Turns = ReadonlyMap<string, Turn>;

export const policyPlace = (policy: string, step: number): string => `policy/${policy}/${step}`;
export const CATCH_ALL_PLACE = 'catch-all';
export const targetPlace = (place: string, index: number): string => `${place}#${index}`;

/**
 * The list beginning with whose turn it is. When who had the last turn has left, whoever has moved up to that position is
 * next. `index` is the position in the list as it is written.
 */
export function inTurn<T>(
  members: readonly T[],
  textOf: (member: T) => string,
  last: Turn | undefined,
): { member: T; index: number }[] {
  const known = last === undefined ? -1 : members.findIndex((member) => textOf(member) === last.member);
  const first = known !== -1 ? known + 1 : (last?.index ?? 0);
  return members.map((_, offset) => {
    const index = (first + offset) % members.length;
    // The index is within the list, and the list is not empty.
    return { member: members[index] as T, index };
  });
}

/** Every place where a page by this policy may take a turn: its own steps, policies it calls, the catch-all. In order. */
export function placesOf(
  policy: { name: string; spec: PolicySpec },
  snapshot: Pick<ConfigSnapshot, 'get' | 'list'>,
): string[] {
  const places = new Set<string>();
  const called = new Set<string>();
  const walk = (target: PolicyTarget, place: string): void => {
    if ('roundRobin' in target && target.roundRobin !== false) places.add(place);
    if ('roundRobin' in target && Array.isArray(target.roundRobin))
      for (const member of target.roundRobin) walk(member, place);
    if (!('policy' in target) || called.has(target.policy)) return;
    called.add(target.policy);
    const [first] = snapshot.get('EscalationPolicy', target.policy)?.spec.steps ?? [];
    walkAll(first?.notify ?? [], policyPlace(target.policy, 1));
  };
  const walkAll = (targets: readonly PolicyTarget[], place: string): void => {
    for (const [index, target] of targets.entries()) walk(target, targetPlace(place, index));
  };
  for (const [index, step] of policy.spec.steps.entries())
    walkAll(step.notify, policyPlace(policy.name, index + 1));
  walkAll(
    snapshot.list('Organisation').flatMap(({ spec }) => spec.catchAll),
    CATCH_ALL_PLACE,
  );
  return [...places].toSorted();
}

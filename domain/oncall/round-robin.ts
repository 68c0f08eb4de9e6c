/**
 * Round robin: each page of a step goes to the next member of a list. The position is stored by list key, so that an edit of the
 * list keeps the order of the remaining members.
 */
import type { ConfigSnapshot } from '../config/specs.js';
import type { PolicySpec, PolicyTarget } from '../escalation/policy-spec.js';

/** Last member paged from a list (`policy/checkout/1#0`: first target of step 1). */
export interface RotationPosition {
  listKey: string;
  /** As shown to people: `person ana`. */
  member: string;
  /** Index in the list at that time, from 0. */
  index: number;
}

export type RotationPositions = ReadonlyMap<string, RotationPosition>;

export const policyListKey = (policy: string, step: number): string => `policy/${policy}/${step}`;
export const CATCH_ALL_LIST_KEY = 'catch-all';
export const targetListKey = (listKey: string, index: number): string => `${listKey}#${index}`;

/**
 * The list starting with the next member. When the last member paged has left, the member now at that index is next. `index` is
 * the position in the list as written.
 */
export function inRotation<T>(
  members: readonly T[],
  textOf: (member: T) => string,
  last: RotationPosition | undefined,
): { member: T; index: number }[] {
  const known = last === undefined ? -1 : members.findIndex((member) => textOf(member) === last.member);
  const first = known !== -1 ? known + 1 : (last?.index ?? 0);
  return members.map((_, offset) => {
    const index = (first + offset) % members.length;
    // The index is within the non-empty list.
    return { member: members[index] as T, index };
  });
}

/** Keys of all lists that a page by this policy may advance: its own steps, called policies, the catch-all. In order. */
export function listKeysOf(
  policy: { name: string; spec: PolicySpec },
  snapshot: Pick<ConfigSnapshot, 'get' | 'list'>,
): string[] {
  const listKeys = new Set<string>();
  const called = new Set<string>();
  const walk = (target: PolicyTarget, listKey: string): void => {
    if ('roundRobin' in target && target.roundRobin !== false) listKeys.add(listKey);
    if ('roundRobin' in target && Array.isArray(target.roundRobin))
      for (const member of target.roundRobin) walk(member, listKey);
    if (!('policy' in target) || called.has(target.policy)) return;
    called.add(target.policy);
    const [first] = snapshot.get('EscalationPolicy', target.policy)?.spec.steps ?? [];
    walkAll(first?.notify ?? [], policyListKey(target.policy, 1));
  };
  const walkAll = (targets: readonly PolicyTarget[], listKey: string): void => {
    for (const [index, target] of targets.entries()) walk(target, targetListKey(listKey, index));
  };
  for (const [index, step] of policy.spec.steps.entries())
    walkAll(step.notify, policyListKey(policy.name, index + 1));
  walkAll(
    snapshot.list('Organisation').flatMap(({ spec }) => spec.catchAll),
    CATCH_ALL_LIST_KEY,
  );
  return [...listKeys].toSorted();
}

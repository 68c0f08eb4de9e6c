/** People who can have an incident. Pure. */
import { mayAnswer } from '../access/permissions.js';
import type { ConfigSnapshot } from '../config/specs.js';
import type { Role } from '../config/terms.js';
import { effectivePerson } from './effective-person.js';

/** Role of the person; undefined when they are no longer known. */
export const roleOf = (snapshot: ConfigSnapshot, person: string): Role | undefined =>
  snapshot.get('Person', person)?.spec.role;

/** Why an incident cannot be reassigned to this person; null when it can. They must be reachable and allowed to respond. */
export function handOverProblem(to: string, snapshot: ConfigSnapshot): string | null {
  const person = snapshot.get('Person', to);
  if (person === undefined) return `There is no person ${to.slice(0, 64)}.`;
  const { displayName, role } = person.spec;
  if (!mayAnswer(role)) return `${displayName} is a ${role} and cannot have an incident.`;
  return (effectivePerson(snapshot, to)?.contacts.length ?? 0) === 0
    ? `${displayName} has no contact that a page reaches.`
    : null;
}

/** Permissions of a person's answer to a page, whichever way it arrives. Pure. */
import { mayDo } from '../access/permissions.js';
import type { ConfigSnapshot } from '../config/specs.js';
import type { Role } from '../config/terms.js';
import { effectivePerson } from '../people/effective-person.js';
import { type PageButton, PERMISSION_FOR } from './page-form.js';

/** Role of the person; undefined when they are no longer known. */
export const roleOf = (snapshot: ConfigSnapshot, person: string): Role | undefined =>
  snapshot.get('Person', person)?.spec.role;

/** A person who was paged may answer the page in any role; the rest needs a permission. */
export function mayPress(role: Role | undefined, button: PageButton): boolean {
  const permission = PERMISSION_FOR[button];
  return permission === null || (role !== undefined && mayDo(role, permission));
}

/** Why an incident cannot be reassigned to this person; null when it can. They must be reachable and allowed to respond. */
export function handOverProblem(to: string, snapshot: ConfigSnapshot): string | null {
  const person = snapshot.get('Person', to);
  if (person === undefined) return `There is no person ${to.slice(0, 64)}.`;
  const { displayName, role } = person.spec;
  if (!mayDo(role, 'incidents.respond')) return `${displayName} is a ${role} and cannot have an incident.`;
  return (effectivePerson(snapshot, to)?.contacts.length ?? 0) === 0
    ? `${displayName} has no contact that a page reaches.`
    : null;
}

/** For whom a command is given. A signed-in person acts as themselves; a key may name the person it acts for. */
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { Actor } from '../../domain/incident/state.js';
import type { Identity } from './identity.js';
import { forbidden, invalid } from './problem.js';

/** The person acting, or null when a key names nobody. */
export function actingPerson(
  identity: Identity,
  named: string | undefined,
  snapshot: ConfigSnapshot,
): string | null {
  if (identity.person !== null) {
    if (named !== undefined && named !== identity.person)
      throw forbidden(`You are ${identity.person}; only an API key may act for somebody else.`);
    return identity.person;
  }
  if (named === undefined) return null;
  return existingPerson(named, 'person', snapshot);
}

/** For what only a person can do: acknowledging, reviewing, approving. */
export function requiredPerson(
  identity: Identity,
  named: string | undefined,
  snapshot: ConfigSnapshot,
): string {
  const person = actingPerson(identity, named, snapshot);
  if (person !== null) return person;
  throw invalid('An API key is nobody: name the person it acts for in "person".', [
    { path: 'person', message: 'missing: the name of a person is needed' },
  ]);
}

/** Who is recorded as the writer of a text or the starter of a run: the person if there is one. */
export const authorOf = (identity: Identity, person: string | null): Actor => person ?? identity.actor;

export function existingPerson(name: string, path: string, snapshot: ConfigSnapshot): string {
  if (snapshot.get('Person', name) !== undefined) return name;
  throw invalid(`There is no person ${name}.`, [{ path, message: `there is no person "${name}"` }]);
}

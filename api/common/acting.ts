/**
 * For whom a command is given. A signed-in person acts as themselves. A key is nobody: it acts as itself, for the person it
 * names, and gives no answer that is a person's own (security.md S18).
 */
import { mayAnswer } from '../../domain/access/permissions.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { Actor } from '../../domain/incident/state.js';
import type { Identity } from './identity.js';
import { forbidden, invalid } from './problem.js';

/** Who is recorded, and for whom. */
export interface Acting {
  actor: Actor;
  onBehalfOf?: string;
}

export function acting(identity: Identity, named: string | undefined, snapshot: ConfigSnapshot): Acting {
  const person = actingPerson(identity, named, snapshot);
  const { actor } = identity;
  return person === null || person === identity.person ? { actor } : { actor, onBehalfOf: person };
}

/** The person acting, or null when a key names nobody. */
function actingPerson(
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

/** For what is about a person: who has an incident, whose shift it is. */
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

/** For an answer that is a person's own: an approval, a review. `what` begins the sentence. */
export function ownPerson(identity: Identity, named: string | undefined, what: string): string {
  if (identity.person === null)
    throw forbidden(
      `${what} is a person's own answer, and an API key is nobody: sign in, or use the link in the request.`,
    );
  if (named !== undefined && named !== identity.person)
    throw forbidden(`You are ${identity.person}; nobody answers this for ${named}.`);
  return identity.person;
}

/** Somebody who can be asked to answer an incident. */
export function answeringPerson(name: string, path: string, snapshot: ConfigSnapshot): string {
  const role = snapshot.get('Person', existingPerson(name, path, snapshot))?.spec.role;
  if (role === undefined || mayAnswer(role)) return name;
  const message = `${name} has the role ${role}, which answers no incidents`;
  throw invalid(`${message}.`, [{ path, message }]);
}

export function existingPerson(name: string, path: string, snapshot: ConfigSnapshot): string {
  if (snapshot.get('Person', name) !== undefined) return name;
  throw invalid(`There is no person ${name}.`, [{ path, message: `there is no person "${name}"` }]);
}

/**
 * The actor of a command. A signed-in person acts as themselves. A key is not a person: it acts as itself, on behalf of the
 * person it names, and gives no answer that is a person's own (docs/security.md S18).
 */
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { Actor } from '../../domain/incident/state.js';
import type { Identity } from './identity.js';
import { forbidden, invalid } from './problem.js';

/** The recorded actor, and the person on whose behalf it acts. */
export interface Acting {
  actor: Actor;
  onBehalfOf?: string;
}

export function acting(identity: Identity, named: string | undefined, snapshot: ConfigSnapshot): Acting {
  const person = actingPerson(identity, named, snapshot);
  const { actor } = identity;
  return person === null || person === identity.person ? { actor } : { actor, onBehalfOf: person };
}

/** The acting person, or null when a key names no person. */
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

/** For commands that are about a person, such as an acknowledgement or a shift. */
export function requiredPerson(
  identity: Identity,
  named: string | undefined,
  snapshot: ConfigSnapshot,
): string {
  const person = actingPerson(identity, named, snapshot);
  if (person !== null) return person;
  throw invalid('An API key is not a person: name the person it acts for in "person".', [
    { path: 'person', message: 'missing: the name of a person is needed' },
  ]);
}

/** For an answer that only a person may give: an approval, a review. `what` begins the sentence. */
export function ownPerson(identity: Identity, named: string | undefined, what: string): string {
  if (identity.person === null)
    throw forbidden(
      `${what} is a person's own answer, and an API key is not a person: sign in, or use the link in the request.`,
    );
  if (named !== undefined && named !== identity.person)
    throw forbidden(`You are ${identity.person}; nobody may answer this for ${named}.`);
  return identity.person;
}

export function existingPerson(name: string, path: string, snapshot: ConfigSnapshot): string {
  if (snapshot.get('Person', name) !== undefined) return name;
  throw invalid(`There is no person ${name}.`, [{ path, message: `there is no person "${name}"` }]);
}

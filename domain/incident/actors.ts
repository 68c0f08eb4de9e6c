/**
 * Separates machine actors from people: actions of an API key or the admin token are recorded as the key's, whichever person the
 * request names.
 */
import type { Actor } from './state.js';

/** An API key, by its id (names are not unique), or TOCSIN_ADMIN_TOKEN. */
export const isKey = (actor: Actor): boolean => actor.startsWith('key:') || actor === 'admin-token';

/** The actor's name in a sentence. */
export function actorWords(actor: Actor, onBehalfOf?: string): string {
  const words =
    actor === 'tocsin'
      ? 'Tocsin'
      : actor === 'admin-token'
        ? 'The admin token'
        : actor.startsWith('key:')
          ? `API key ${actor.slice('key:'.length)}`
          : actor.replace(/^source:/, '');
  return onBehalfOf === undefined ? words : `${words}, on behalf of ${onBehalfOf},`;
}

/** A machine is never a person: what an API key or the admin token does is done by it, for whomever it names. */
import type { Actor } from './state.js';

/** An API key, by its id (names are not unique), or TOCSIN_ADMIN_TOKEN. */
export const isKey = (actor: Actor): boolean => actor.startsWith('key:') || actor === 'admin-token';

/** As a sentence names them. */
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

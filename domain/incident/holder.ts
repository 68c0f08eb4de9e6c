/**
 * The holder of an incident. An acknowledgement by a source or an API key stops paging but creates no holder, because neither can
 * be notified or asked.
 */
import { isKey } from './actors.js';
import type { Actor, IncidentState } from './state.js';

/** People are plain names; other actors are `kind:name`, the engine, or the admin token. */
export const isPerson = (actor: Actor): boolean =>
  actor !== 'tocsin' && !isKey(actor) && !actor.includes(':');

/** The person who acknowledged; null without an acknowledgement, or when only a source or key gave one. */
export function holderOf({
  status,
  acknowledgedBy,
}: Pick<IncidentState, 'status' | 'acknowledgedBy'>): string | null {
  if (status !== 'acknowledged' || acknowledgedBy === null) return null;
  return isPerson(acknowledgedBy) ? acknowledgedBy : null;
}

/** The holder, or the person who snoozed the incident: recipient of notices about automatic changes. */
export function noticeRecipient(state: IncidentState): string | null {
  const holder = holderOf(state);
  if (holder !== null) return holder;
  const { snoozedUntil, snoozedBy = null } = state;
  return snoozedUntil !== null && snoozedBy !== null && isPerson(snoozedBy) ? snoozedBy : null;
}

/** Who has an incident. What a source or a key acknowledges stops paging, but is nobody who can be told or asked anything. */
import { isKey } from './actors.js';
import type { Actor, IncidentState } from './state.js';

/** People are plain names; everybody else is `kind:name`, the engine, or the token of automation. */
export const isPerson = (actor: Actor): boolean =>
  actor !== 'tocsin' && !isKey(actor) && !actor.includes(':');

/** Whoever acknowledged and can be told; null when nobody has it, or only a source said so. */
export function holderOf({
  status,
  acknowledgedBy,
}: Pick<IncidentState, 'status' | 'acknowledgedBy'>): string | null {
  if (status !== 'acknowledged' || acknowledgedBy === null) return null;
  return isPerson(acknowledgedBy) ? acknowledgedBy : null;
}

/** Who has it, or put it off: the person to tell when something about it changes. */
export function toldOf(state: IncidentState): string | null {
  const holder = holderOf(state);
  if (holder !== null) return holder;
  const { snoozedUntil, snoozedBy = null } = state;
  return snoozedUntil !== null && snoozedBy !== null && isPerson(snoozedBy) ? snoozedBy : null;
}

/**
 * Paging of an alert that comes and goes. Its first return pages at once, because people took it for over. Each further return within
 * the reopen window pages only some time after the last page, and only if it fires then: nothing new has happened. Pure.
 */
import { ALERT_REOPEN_WINDOW_MS } from '../alert/reopen-window.js';
import type { IncidentEvent } from './events.js';
import type { IncidentState } from './state.js';

/** Pages of one flapping incident are at least this far apart. */
export const FLAP_PAGE_GAP_MS = 120_000;

const isSource = (actor: string | null): boolean => actor?.startsWith('source:') === true;

/** Changes of an incident that an alert reopens. `pagesFrom`: earliest time of the next page; null: at once. */
export function onReturn(
  { returnedAt = null, resolvedBy, lastPagedAt }: IncidentState,
  at: string,
): Pick<IncidentState, 'settlesFrom' | 'returnedAt' | 'pagesFrom'> {
  if (!isSource(resolvedBy)) return { settlesFrom: at, returnedAt: null, pagesFrom: null };
  const isFlapping = returnedAt !== null && Date.parse(at) - Date.parse(returnedAt) <= ALERT_REOPEN_WINDOW_MS;
  const pagesFrom =
    isFlapping && lastPagedAt !== undefined
      ? new Date(Date.parse(lastPagedAt) + FLAP_PAGE_GAP_MS).toISOString()
      : null;
  return { settlesFrom: at, returnedAt: at, pagesFrom };
}

/** A person's act and a changed priority are new: the next page does not wait. */
export const endsFlapping = ({ kind, actor }: IncidentEvent): boolean =>
  kind === 'priority_set' || (actor !== 'tocsin' && !isSource(actor));

/**
 * Paging of an alert that comes and goes. Its first return pages at once, because people took it for over. Each further return within
 * the reopen window pages only some time after the last page, and only if it fires then: nothing new has happened. Pure.
 */
import { nextStepRef, restartedEscalation } from './escalations.js';
import { ALERT_REOPEN_WINDOW_MS } from '../alert/reopen-window.js';
import type { IncidentEvent } from './events.js';
import type { EscalationState, IncidentState } from './state.js';

/** Pages of one flapping incident are at least this far apart. */
export const FLAP_PAGE_GAP_MS = 120_000;

const isSource = (actor: string | null): boolean => actor?.startsWith('source:') === true;

/**
 * Changes of an incident that an alert reopens. `pagesFrom`: earliest time of the next page; null: at once. `before`: the
 * escalations as the resolve left them; a flapping incident goes on from there, any other starts over.
 */
export function onReturn(
  { returnedAt = null, resolvedBy, lastPagedAt, escalations }: IncidentState,
  at: string,
): Pick<IncidentState, 'settlesFrom' | 'returnedAt' | 'pagesFrom' | 'escalations'> {
  const startsOver = escalations.map(restartedEscalation);
  if (!isSource(resolvedBy))
    return { settlesFrom: at, returnedAt: null, pagesFrom: null, escalations: startsOver };
  const isFlapping = returnedAt !== null && Date.parse(at) - Date.parse(returnedAt) <= ALERT_REOPEN_WINDOW_MS;
  if (!isFlapping || lastPagedAt === undefined)
    return { settlesFrom: at, returnedAt: at, pagesFrom: null, escalations: startsOver };
  const gapEnds = Date.parse(lastPagedAt) + FLAP_PAGE_GAP_MS;
  const pageAt = new Date(Math.max(gapEnds, Date.parse(at))).toISOString();
  return {
    settlesFrom: at,
    returnedAt: at,
    pagesFrom: new Date(gapEnds).toISOString(),
    escalations: escalations.map((escalation) => goesOn(escalation, pageAt)),
  };
}

/**
 * The escalation of a flapping incident that nobody has. Its steps pass on as if it had fired all the time: starting over with
 * each return would page the first step for ever, and nobody else.
 */
function goesOn(escalation: EscalationState, pageAt: string): EscalationState {
  const { phase, passesOnAt = null } = escalation;
  // Not paged since the last return: the same step is still due.
  if (phase === 'to_page') return escalation;
  if (phase !== 'waiting' || passesOnAt === null || escalation.named != null)
    return restartedEscalation(escalation);
  if (pageAt < passesOnAt) return { ...restartedEscalation(escalation), step: escalation.step, passesOnAt };
  const next = nextStepRef(escalation, escalation);
  if (next === null) return restartedEscalation(escalation);
  return {
    ...escalation,
    ...next,
    phase: 'to_page',
    nextAt: null,
    passesOnAt: null,
    named: null,
    paged: [],
    awaiting: [],
  };
}

/** A person's act and a changed priority are new: the next page does not wait. */
export const endsFlapping = ({ kind, actor }: IncidentEvent): boolean =>
  kind === 'priority_set' || (actor !== 'tocsin' && !isSource(actor));

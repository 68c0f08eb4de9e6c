/** Notices to the holder of an incident about automatic changes, sent as separate messages to the holder's contacts. */
import type { IncidentEvent } from './events.js';
import { holderOf, isPerson, noticeRecipient } from './holder.js';
import type { IncidentState } from './state.js';

/** Prefix of the notices' ledger ids. */
export const HOLDER_NOTICE = 'holder';

export interface HolderNotice {
  id: string;
  person: string;
  text: string;
}

/**
 * `state`: after the event and all events recorded with it. Null when no notice is needed. The text contains instants in ISO
 * 8601, which the renderer converts to the reader's zone.
 */
export function holderNotice(event: IncidentEvent, state: IncidentState): HolderNotice | null {
  const person = event.kind === 'unacknowledged' ? formerHolder(event, state) : noticeRecipient(state);
  // The person who caused the event needs no notice.
  if (person === null || (event.onBehalfOf ?? event.actor) === person) return null;
  const text = noticeText(event, state);
  return text === null ? null : { id: `${HOLDER_NOTICE}/${state.id}/${event.seq}`, person, text };
}

/** The former holder, when a joining alert took the incident from them; changes made by people need no notice. */
function formerHolder({ actor }: IncidentEvent, { acknowledgedBy }: IncidentState): string | null {
  return actor.startsWith('source:') && acknowledgedBy !== null && isPerson(acknowledgedBy)
    ? acknowledgedBy
    : null;
}

function noticeText(event: IncidentEvent, state: IncidentState): string | null {
  const { number, title, priority } = state;
  switch (event.kind) {
    case 'resolution_proposed':
      return event.data.resolvesAt === undefined
        ? null
        : `All alerts of ${number} (${title}) have closed: resolve it? Else it resolves by itself at ${event.data.resolvesAt}, unless somebody writes an update before.`;
    case 'alert_joined':
      if (event.data.folded === true) return foldedText(event.data, state);
      return `${event.data.title} fired again (${event.data.severity}) in ${number}. You ${holderOf(state) === null ? 'snoozed' : 'have'} it: nobody else is paged.`;
    case 'unacknowledged':
      return `You do not have ${number} any more${event.data.reason === null ? '' : `: ${event.data.reason}`}. It is paged as ${priority}.`;
    case 'merged_from':
      return `${event.data.number} was merged into ${number} (${title}), which you have. Alerts that fire in it: ${event.data.alertsOpen}.`;
    case 'priority_set':
      return event.data.raisedFrom === undefined
        ? null
        : `${number} (${title}), which you have, is ${priority} now and was ${event.data.raisedFrom}: ${event.data.reasons.join('; ')}`;
    default:
      return null;
  }
}

/** Notice each time the number of alerts doubles: one per alert of a storm would be as loud as the pages that it avoids. */
function foldedText(
  { title, severity }: Extract<IncidentEvent, { kind: 'alert_joined' }>['data'],
  { number, title: whole, alertsTotal }: IncidentState,
): string | null {
  return Number.isInteger(Math.log2(alertsTotal))
    ? `${number} (${whole}) has ${alertsTotal} alerts now; the newest: ${title} (${severity}). Nobody else is paged.`
    : null;
}

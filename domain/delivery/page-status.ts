/**
 * Status line of a sent page after an event of its incident: the holder, or that there is none. Pure; null for events that do not
 * change it.
 */
import { actorWords, isKey } from '../incident/actors.js';
import type { IncidentEvent } from '../incident/events.js';
import type { IncidentState } from '../incident/state.js';
import type { NameOf } from '../reply/reply-text.js';
import { clockText } from '../oncall/time-text.js';

/** `state`: after the event; `zone`: of the reader. One sentence: `Acknowledged by Bo Lind, 22:12 UTC.` */
export function pageStatus(
  event: IncidentEvent,
  state: IncidentState,
  nameOf: NameOf,
  zone = 'UTC',
): string | null {
  const clock = (instant: string): string => clockText(instant, zone);
  const at = clock(event.at);
  switch (event.kind) {
    case 'acknowledged': {
      const by = isKey(event.actor)
        ? `Acknowledged for ${nameOf(event.data.person)} by ${whoOf(event, nameOf)}, ${at}.`
        : `Acknowledged by ${nameOf(event.data.person)}, ${at}.`;
      return state.status === 'triggered' ? `${by} Others must still acknowledge.` : by;
    }
    case 'unacknowledged':
      return !event.actor.startsWith('source:')
        ? `Unacknowledged by ${whoOf(event, nameOf)}, ${at}: it needs to be acknowledged again.`
        : `A more severe alert joined, ${at}: it needs to be acknowledged again.`;
    case 'acknowledgement_expired':
      return `The acknowledgement expired, ${at}: it needs to be acknowledged again.`;
    case 'declined':
      return state.status === 'triggered' ? `${nameOf(event.data.person)} can't take it, ${at}.` : null;
    case 'escalated':
      return state.status === 'triggered' ? `Escalated to step ${event.data.step}, ${at}.` : null;
    case 'snoozed':
      return `Snoozed by ${whoOf(event, nameOf)} until ${clock(event.data.until)}.`;
    case 'snooze_ended':
      return `The snooze ended, ${at}: it needs to be acknowledged.`;
    case 'resolved':
      return event.data.because === 'person'
        ? `Resolved by ${whoOf(event, nameOf)}, ${at}.`
        : `Resolved, ${at}: ${event.data.because === 'drill' ? 'the drill is over' : 'every alert has closed'}.`;
    case 'resolution_proposed':
      return `Every alert has closed, ${at}.`;
    case 'reopened':
      return `Open again since ${at}.`;
    case 'merged':
      return `Merged into ${event.data.number}, ${at}.`;
    default:
      return null;
  }
}

/** An API key is never shown as the person that it acted for. */
const whoOf = ({ actor }: IncidentEvent, nameOf: NameOf): string =>
  isKey(actor) ? actorWords(actor).replace(/^The /, 'the ') : nameOf(actor);

/**
 * What stands in a page that was sent, once something happened to its incident: who has it, or that nobody does. Pure; null for
 * events that change nothing about that.
 */
import { actorWords, isKey } from '../incident/actors.js';
import type { IncidentEvent } from '../incident/events.js';
import type { IncidentState } from '../incident/state.js';
import type { NameOf } from '../reply/reply-text.js';
import { clockText } from '../oncall/told-time.js';

/** `state`: after the event; `zone`: of the reader. One sentence: `Acknowledged by Bo Lind, 22:12 UTC.` */
export function pageStanding(
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
      return state.status === 'triggered' ? `${by} Others are still waited for.` : by;
    }
    case 'unacknowledged':
      return !event.actor.startsWith('source:')
        ? `Given back by ${whoOf(event, nameOf)}, ${at}: nobody has it.`
        : `It got worse, ${at}: nobody has it as what it is now.`;
    case 'acknowledgement_expired':
      return `Nothing was heard for too long, ${at}: nobody has it.`;
    case 'declined':
      return state.status === 'triggered' ? `${nameOf(event.data.person)} can't take it, ${at}.` : null;
    case 'escalated':
      return state.status === 'triggered' ? `Escalated to step ${event.data.step}, ${at}.` : null;
    case 'snoozed':
      return `Snoozed by ${whoOf(event, nameOf)} until ${clock(event.data.until)}.`;
    case 'snooze_ended':
      return `The snooze has ended, ${at}: nobody has it.`;
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

/** A key is never named as the person for whom it acted. */
const whoOf = ({ actor }: IncidentEvent, nameOf: NameOf): string =>
  isKey(actor) ? actorWords(actor).replace(/^The /, 'the ') : nameOf(actor);

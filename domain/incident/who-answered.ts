/** Each person's last answer to the pages of an incident, and whether it still holds. Pure; derived from the events. */
import type { IncidentEvent } from './events.js';

export interface Answer {
  kind: 'acknowledged' | 'declined' | 'gave_back' | 'handed_over';
  at: string;
  /** The person to whom the incident was reassigned. */
  to: string | null;
  /** False: an acknowledgement that has ended; the incident is open again. */
  holds: boolean;
}

export interface Answering {
  /** Time of the person's last page; null when never paged. */
  pagedAt: string | null;
  answer: Answer | null;
}

/** Event kinds that affect the result. */
export const ANSWERING_KINDS = [
  'paged',
  'acknowledged',
  'declined',
  'unacknowledged',
  'acknowledgement_expired',
  'snooze_ended',
  'reopened',
  'escalated',
] as const satisfies readonly IncidentEvent['kind'][];

/** The person that an API key acted for, else the actor. */
const whoActs = ({ actor, onBehalfOf }: IncidentEvent): string => onBehalfOf ?? actor;

export function whoAnswered(events: readonly IncidentEvent[]): Map<string, Answering> {
  const known = new Map<string, Answering>();
  const change = (person: string, to: Partial<Answering>): void => {
    known.set(person, { ...(known.get(person) ?? { pagedAt: null, answer: null }), ...to });
  };
  const endAll = (): void => {
    for (const [person, { answer }] of known)
      if (answer?.kind === 'acknowledged') change(person, { answer: { ...answer, holds: false } });
  };
  const said = (person: string, kind: Answer['kind'], at: string, to: string | null = null): void =>
    change(person, { answer: { kind, at, to, holds: true } });
  for (const event of events) {
    switch (event.kind) {
      case 'paged':
        for (const person of event.data.people) {
          const answer = known.get(person)?.answer ?? null;
          const stands = answer?.kind === 'acknowledged' && answer.holds;
          change(person, { pagedAt: event.at, ...(stands ? {} : { answer: null }) });
        }
        break;
      case 'acknowledged':
        said(event.data.person, 'acknowledged', event.at);
        break;
      case 'declined':
        said(event.data.person, 'declined', event.at);
        break;
      case 'unacknowledged':
        endAll();
        said(whoActs(event), 'gave_back', event.at);
        break;
      case 'escalated':
        // The reassignment recorded together with the unacknowledgement.
        if (event.data.to !== undefined && known.get(whoActs(event))?.answer?.kind === 'gave_back')
          said(whoActs(event), 'handed_over', event.at, event.data.to);
        break;
      case 'acknowledgement_expired':
      case 'snooze_ended':
      case 'reopened':
        endAll();
        break;
      default:
        break;
    }
  }
  return known;
}

/** A past incident as the record has it, and what can be read from it: how it was answered, by whom, how fast. */
import { isKey } from '../incident/actors.js';
import type { IncidentEvent } from '../incident/events.js';
import { applyEvent } from '../incident/fold.js';
import type { IncidentResponse } from '../incident/response.js';
import type { IncidentState, Rung } from '../incident/state.js';

/** A ledger row that was sent: `at` is its first attempt. */
export interface PastMessage extends Rung {
  at: string;
  track: string | null;
  person: string;
  contact: string;
  channel: string;
}

export interface PastIncident {
  id: string;
  /** From `opened` on, in order of `seq`. */
  events: readonly IncidentEvent[];
  response: IncidentResponse;
  messages: readonly PastMessage[];
}

export type Opened = Extract<IncidentEvent, { kind: 'opened' }>;

export const openedOf = ({ id, events }: PastIncident): Opened => {
  const [first] = events;
  if (first?.kind !== 'opened') throw new Error(`incident ${id} does not begin with its opening`);
  return first;
};

/**
 * Its first act: until everybody who had to has answered, or it was over. What comes later (an acknowledgement that expired,
 * a snooze that ended) is another escalation and not compared.
 */
export interface FirstAct {
  /** Null: it still pages, or nobody was left to page. */
  endedAt: string | null;
  acknowledged: { by: string; at: string } | null;
  exhausted: boolean;
  messages: PastMessage[];
  /** What people did that a policy does not: a sentence each. Such an incident is compared less exactly. */
  byHand: string[];
}

export function firstActOf(past: PastIncident): FirstAct {
  let state: IncidentState | null = null;
  let endedAt: string | null = null;
  const within: IncidentEvent[] = [];
  for (const event of past.events) {
    // One decision may be several events of one instant: they end it together.
    if (endedAt !== null && event.at !== endedAt) break;
    state = applyEvent(past.id, state, event);
    within.push(event);
    endedAt = endedAt !== null || isOver(state) ? event.at : null;
  }
  const acknowledged = within.find((event) => event.kind === 'acknowledged');
  return {
    endedAt,
    acknowledged: acknowledged === undefined ? null : { by: acknowledged.data.person, at: acknowledged.at },
    exhausted: within.some(({ kind }) => kind === 'exhausted'),
    messages: past.messages.filter(({ at }) => endedAt === null || at <= endedAt),
    byHand: [...new Set(within.flatMap(byHand))],
  };
}

const isOver = ({ status, tracks, snoozedUntil }: IncidentState): boolean =>
  status === 'resolved' ||
  status === 'closed' ||
  snoozedUntil !== null ||
  (status === 'acknowledged' && tracks.every(({ phase }) => phase === 'answered'));

function byHand(event: IncidentEvent): string[] {
  switch (event.kind) {
    case 'escalated':
      if (event.actor !== 'tocsin') return [`${event.actor} escalated`];
      return /^no answer at step|^due$/.test(event.data.reason) ? [] : [event.data.reason];
    case 'declined':
      return [`${event.data.person} could not take it`];
    case 'unacknowledged':
    case 'snoozed':
    case 'merged':
    case 'merged_from':
      return [`${event.actor} ${event.kind.replace('_from', '')} it`];
    case 'resolved':
      return event.data.because === 'person' ? [`${event.actor} resolved it`] : [];
    case 'paged':
      return event.data.breakGlass === true ? ['the break-glass pager paged, late'] : [];
    default:
      return [];
  }
}

/** How each person who was paged reacted. `silentMs`: how long they could have answered and did not. */
export type Observed = Map<string, { answeredMs: number } | { silentMs: number | null }>;

export function observedAnswers(past: PastIncident, { endedAt }: FirstAct): Observed {
  const observed: Observed = new Map();
  for (const { person, at } of past.messages.toSorted((a, b) => a.at.localeCompare(b.at))) {
    if (observed.has(person)) continue;
    const answer = past.events.find(
      (event) =>
        event.kind === 'acknowledged' &&
        event.data.person === person &&
        !isKey(event.actor) &&
        event.at >= at,
    );
    const until = answer?.at ?? endedAt;
    const ms = until === null ? null : Math.max(0, Date.parse(until) - Date.parse(at));
    observed.set(person, answer === undefined || ms === null ? { silentMs: ms } : { answeredMs: ms });
  }
  return observed;
}

/** A past incident from the record, and its acknowledgements: by whom and how fast. */
import { isKey } from '../incident/actors.js';
import type { IncidentEvent } from '../incident/events.js';
import { applyEvent } from '../incident/fold.js';
import type { IncidentResponse } from '../incident/response.js';
import type { IncidentState, StepRef } from '../incident/state.js';

/** A ledger row that was sent; `at` is its first attempt. */
export interface PastMessage extends StepRef {
  at: string;
  escalation: string | null;
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
 * First phase of the incident: until all required acknowledgements arrived, or it was over. Later phases (an expired
 * acknowledgement, an ended snooze) are other escalations and are not compared.
 */
export interface FirstAct {
  /** Null: still paging, or no person was left to page. */
  endedAt: string | null;
  acknowledged: { by: string; at: string } | null;
  exhausted: boolean;
  messages: PastMessage[];
  /** Manual actions that a policy cannot take, one sentence each. Such an incident is compared less exactly. */
  byHand: string[];
}

export function firstActOf(past: PastIncident): FirstAct {
  let state: IncidentState | null = null;
  let endedAt: string | null = null;
  const within: IncidentEvent[] = [];
  for (const event of past.events) {
    // One decision may produce several events at the same instant; all of them belong to the phase.
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

const isOver = ({ status, escalations, snoozedUntil }: IncidentState): boolean =>
  status === 'resolved' ||
  status === 'closed' ||
  snoozedUntil !== null ||
  (status === 'acknowledged' && escalations.every(({ phase }) => phase === 'answered'));

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

/** Reaction of each person who was paged. `silentMs`: how long the person could have acknowledged and did not. */
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

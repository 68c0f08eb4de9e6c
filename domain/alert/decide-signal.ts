/** What one alert signal does, given what is known about its key (domain rules, "Alerts"; reliability R2). */
import type { Severity } from '../config/specs.js';
import { compareSeverity } from './severity.js';
import type { AlertSignal } from './signal.js';

/** How long a resolve that came before its trigger waits for it. */
export const PARK_MS = 5 * 60_000;

/** One line of "why was I (not) paged?". `stage` and `decision` are stable words, `text` is for people. */
export interface Reason {
  stage:
    'dedup' | 'mapping' | 'silence' | 'maintenance' | 'inhibition' | 'grouping' | 'priority' | 'incident';
  decision: string;
  text: string;
}

export interface KeyFacts {
  /** `occurredAt`: when the open alert began on the sender's clock, if it said so. */
  open: { id: string; incident: string | null; severity: Severity; occurredAt?: string | null } | null;
  /** A resolve that found nothing open. `at`: received; `occurredAt`: on the sender's clock, if it said so. */
  parkedResolve: { at: string; occurredAt?: string | null } | null;
  /**
   * The alert of this key that closed last, if that is within the reopen window. `resolveOccurredAt`: when the resolve that
   * closed it was made on the sender's clock; null when a person or a deadline closed it, or the sender did not say.
   */
  lastClosed: { id: string; incident: string | null; resolveOccurredAt?: string | null } | null;
}

export interface SignalSettings {
  now: string;
  /** May this source acknowledge (its document's `acknowledge`)? */
  acknowledgeAllowed: boolean;
}

/**
 * `new`: a new alert row; `reopens` names the incident it belongs to again; `status: 'closed'` is recorded for the history
 * only: no incident, no page, and the parked resolve is used up. `counted`: the open row's counter moves, the incident hears
 * of it only when `raisedTo` is set. `parked`: nothing open, the key waits `PARK_MS` for its trigger. `dropped`: no effect.
 * All are answered with 2xx.
 */
export type SignalDecision = { reasons: Reason[] } & (
  | { kind: 'new'; status: 'open'; reopens: string | null }
  | { kind: 'new'; status: 'closed' }
  | { kind: 'counted'; alert: string; incident: string | null; raisedTo: Severity | null }
  | { kind: 'close'; alert: string; incident: string | null }
  | { kind: 'acknowledge'; alert: string; incident: string | null }
  | { kind: 'parked' }
  | { kind: 'dropped' }
);

export function decideSignal(signal: AlertSignal, facts: KeyFacts, settings: SignalSettings): SignalDecision {
  switch (signal.action) {
    case 'trigger':
      return decideTrigger(signal, facts, settings);
    case 'acknowledge':
      return decideAcknowledge(facts, settings);
    case 'resolve':
      return decideResolve(signal, facts);
  }
}

function decideTrigger(signal: AlertSignal, facts: KeyFacts, { now }: SignalSettings): SignalDecision {
  const { open, parkedResolve, lastClosed } = facts;
  if (open !== null) {
    const raisedTo = compareSeverity(signal.severity, open.severity) < 0 ? signal.severity : null;
    const text =
      raisedTo === null
        ? 'the alert is open already, so this was counted into it'
        : `the alert is open already, so this was counted into it; it is now ${raisedTo} instead of ${open.severity}`;
    return {
      kind: 'counted',
      alert: open.id,
      incident: open.incident,
      raisedTo,
      reasons: [because('counted', text)],
    };
  }
  if (parkedResolve !== null && isParked(parkedResolve.at, now)) {
    // Without the sender's time nobody can tell a late trigger from a new outage: then it pages.
    if (isBefore(signal.occurredAt, parkedResolve.occurredAt ?? parkedResolve.at)) {
      const text = 'its resolve arrived first, so the alert is recorded as closed and pages nobody';
      return { kind: 'new', status: 'closed', reasons: [because('closed', text)] };
    }
  }
  if (lastClosed !== null && isBefore(signal.occurredAt, lastClosed.resolveOccurredAt ?? null)) {
    const text = `this trigger of ${signal.occurredAt} is older than the resolve of ${lastClosed.resolveOccurredAt}: a late repeat`;
    return { kind: 'dropped', reasons: [because('dropped', text)] };
  }
  const reopens = lastClosed?.incident ?? null;
  const text =
    reopens === null
      ? 'no open alert has this key, so this is a new alert'
      : 'the last alert of this key closed within the reopen window, so this is a new alert of the same incident';
  return { kind: 'new', status: 'open', reopens, reasons: [because('new', text)] };
}

function decideAcknowledge({ open }: KeyFacts, { acknowledgeAllowed }: SignalSettings): SignalDecision {
  if (open === null) return dropped('an acknowledge with no open alert of this key has no effect');
  if (!acknowledgeAllowed)
    return dropped("the source's document does not let it acknowledge (spec.acknowledge)");
  const text = 'the source acknowledged the alert';
  return {
    kind: 'acknowledge',
    alert: open.id,
    incident: open.incident,
    reasons: [because('acknowledged', text)],
  };
}

function decideResolve(signal: AlertSignal, { open }: KeyFacts): SignalDecision {
  if (open === null) {
    const text =
      'no open alert has this key; a trigger from before this resolve is closed at once if it comes within 5 minutes';
    return { kind: 'parked', reasons: [because('parked', text)] };
  }
  if (isBefore(signal.occurredAt, open.occurredAt ?? null)) {
    return dropped(`this resolve of ${signal.occurredAt} is older than the open alert of ${open.occurredAt}`);
  }
  const text = 'the source resolved the alert';
  return { kind: 'close', alert: open.id, incident: open.incident, reasons: [because('closed', text)] };
}

const because = (decision: string, text: string): Reason => ({ stage: 'dedup', decision, text });
const dropped = (text: string): SignalDecision => ({ kind: 'dropped', reasons: [because('dropped', text)] });

function isParked(at: string, now: string): boolean {
  return Date.parse(now) - Date.parse(at) <= PARK_MS;
}

/** Both known, and the first strictly earlier. */
function isBefore(first: string | null, second: string | null): boolean {
  return first !== null && second !== null && Date.parse(first) < Date.parse(second);
}

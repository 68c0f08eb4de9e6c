/** Decides the effect of one alert signal from the known state of its key (docs/domain.md, Alerts; docs/reliability.md R2). */
import type { Severity } from '../config/terms.js';
import { compareSeverity } from './severity.js';
import type { AlertSignal } from './signal.js';

/** Time that a resolve without a trigger waits for its trigger. */
const PARK_MS = 5 * 60_000;
/** A byte-identical event within this time is a redelivery: its sender did not receive the first response. */
const REDELIVERED_MS = 5 * 60_000;

/** One line of "why was I (not) paged?". `stage` and `decision` are stable identifiers, `text` is for people. */
export interface Reason {
  stage:
    | 'dedup'
    | 'mapping'
    | 'silence'
    | 'maintenance'
    | 'inhibition'
    | 'after'
    | 'grouping'
    | 'priority'
    | 'incident';
  decision: string;
  text: string;
}

export interface KeyFacts {
  open: { id: string; incident: string | null; severity: Severity; occurredAt?: string | null } | null;
  /** A resolve that matched no open alert. `at`: time of receipt; `occurredAt`: the sender's clock, if the sender gives one. */
  parkedResolve: { at: string; occurredAt?: string | null } | null;
  /** The most recently closed alert of this key, however long ago. */
  lastClosed: LastClosed | null;
}

export interface LastClosed {
  id: string;
  incident: string | null;
  severity: Severity;
  service: string | null;
  /** On the record's clock. */
  closedAt: string;
  /** `source:prometheus`, a person, `tocsin` (the sender stopped repeating it); null in rows older than this column. */
  closedBy: string | null;
  /** The alert's incident is open, or a new trigger may reopen it. */
  belongs: boolean;
  /** State of that incident; null when there was none. */
  of: LastIncident | null;
  /** Start of the condition, according to the sender's last message. */
  startedAt: string | null;
  /** Digest of the last trigger's body, and the time of its receipt. */
  triggerBody: string | null;
  triggeredAt: string | null;
}

export interface LastIncident {
  number: string;
  service: string | null;
  /** Drill run id. */
  drill: string | null;
  isOpen: boolean;
  /** Teams that the incident pages when it is reopened. */
  teams: string[];
}

/** Destination of an alert by the configuration in force. */
export interface Destination {
  service: string | null;
  /** The team of that service; null when there is none. */
  team: string | null;
  /** Drill run id. */
  drill: string | null;
}

export interface SignalSettings {
  now: string;
  /** The source's document permits it to acknowledge (`acknowledge`). */
  acknowledgeAllowed: boolean;
  /**
   * Time in which repeats of a still-firing alert are only counted after a person resolved it (the plan's `resolve.stillFiring`).
   */
  stillFiringMs: (service: string | null) => number;
  /** Digest of the request body that contained the signal. */
  body: string | null;
  /** Evaluated only when the decision depends on it, because routes are conditions. */
  destination: () => Destination;
}

/**
 * `new`: a new alert row; `reopens` names the incident that it joins again; `status: 'closed'` is recorded for history only: no
 * incident, no page, and the parked resolve is consumed. `counted`: the open row's counter increases, and the incident gets an
 * event only when `raisedTo` is set. `waiting`: a person resolved the alert and the plan delays its repeats. `parked`: nothing is
 * open, so the resolve waits `PARK_MS` for its trigger. `dropped`: no effect. All are answered with 2xx.
 */
export type SignalDecision = { reasons: Reason[] } & (
  | { kind: 'new'; status: 'open'; reopens: string | null }
  | { kind: 'new'; status: 'closed' }
  | { kind: 'counted'; alert: string; incident: string | null; raisedTo: Severity | null }
  | { kind: 'waiting'; alert: string; incident: string | null }
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
      return decideResolve(signal, facts, settings);
  }
}

function decideTrigger(signal: AlertSignal, facts: KeyFacts, settings: SignalSettings): SignalDecision {
  const { open, lastClosed } = facts;
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
  if (isBeforeParked(signal, facts, settings.now)) {
    const text = 'its resolve arrived first, so the alert is recorded as closed and pages nobody';
    return { kind: 'new', status: 'closed', reasons: [because('closed', text)] };
  }
  const elsewhere = lastClosed?.belongs === true ? goesElsewhere(lastClosed, settings.destination()) : null;
  if (lastClosed !== null) {
    const waitsUntil = elsewhere === null ? waitsFor(signal, facts, lastClosed, settings) : null;
    if (waitsUntil !== null) {
      const text = `${lastClosed.closedBy ?? 'somebody'} resolved it while it fired; its repeats wait until ${waitsUntil} (resolve.stillFiring)`;
      const { id, incident } = lastClosed;
      return { kind: 'waiting', alert: id, incident, reasons: [because('waiting', text)] };
    }
    if (isRedelivered(signal, lastClosed, settings))
      return dropped('the same event again, byte for byte, after its resolve: a redelivery');
  }
  const reopens = lastClosed?.belongs === true && elsewhere === null ? lastClosed.incident : null;
  const text = elsewhere ?? whyNew(lastClosed);
  return { kind: 'new', status: 'open', reopens, reasons: [because('new', text)] };
}

/**
 * Reason why the alert does not join the last incident of its key: reopening that incident would page other people than those
 * responsible for the alert now. An open incident keeps the alerts that people merged into it.
 */
function goesElsewhere({ of, service }: LastClosed, to: Destination): string | null {
  if (of === null) return null;
  const last = `the last alert of this key is of ${of.number}`;
  if (of.drill !== to.drill)
    return `${last}, which is ${of.drill === null ? 'no drill' : 'a drill'}, so this is a new incident`;
  const isTold = to.team === null ? of.service === to.service : of.teams.includes(to.team);
  const wasMoved = of.isOpen && to.service === service && of.service !== service;
  if (isTold || wasMoved) return null;
  const told = of.teams.length === 0 ? 'nobody' : of.teams.join(', ');
  return `${last}, which pages ${told}; the alert is now for ${to.team ?? 'the organisation'}, so this is a new incident`;
}

function whyNew(lastClosed: LastClosed | null): string {
  if (lastClosed?.belongs !== true) return 'no open alert has this key, so this is a new alert';
  return isByHand(lastClosed)
    ? `${lastClosed.closedBy ?? 'somebody'} resolved the last alert of this key at ${lastClosed.closedAt} while it fired, and it still does: the same incident again`
    : 'the last alert of this key closed within the reopen window, so this is a new alert of the same incident';
}

/** True when a person closed it, not its source or a deadline: the condition itself may never have ended. */
const isByHand = ({ closedBy }: LastClosed): boolean =>
  closedBy !== null && closedBy !== 'tocsin' && !closedBy.startsWith('source:');

/**
 * True for a trigger whose resolve arrived first. Only two event times of the sender prove that; the start of a state does not,
 * because it stays the same when the state is reported again.
 */
function isBeforeParked(signal: AlertSignal, { parkedResolve, lastClosed }: KeyFacts, now: string): boolean {
  if (parkedResolve === null || lastClosed?.belongs === true || signal.startedAt != null) return false;
  const isFresh = Date.parse(now) - Date.parse(parkedResolve.at) <= PARK_MS;
  return isFresh && isBefore(signal.occurredAt, parkedResolve.occurredAt ?? null);
}

/**
 * Time until which a repeat of an alert that a person resolved is only counted; null when it is not delayed. A new episode is
 * never delayed.
 */
function waitsFor(
  signal: AlertSignal,
  { parkedResolve }: KeyFacts,
  lastClosed: LastClosed,
  { now, stillFiringMs }: SignalSettings,
): string | null {
  if (!isByHand(lastClosed)) return null;
  const endedSince = parkedResolve !== null && !isBefore(parkedResolve.at, lastClosed.closedAt);
  const startsAnew =
    signal.startedAt != null &&
    lastClosed.startedAt !== null &&
    !isSame(signal.startedAt, lastClosed.startedAt);
  const isWorse = compareSeverity(signal.severity, lastClosed.severity) < 0;
  if (endedSince || startsAnew || isWorse) return null;
  const until = Date.parse(lastClosed.closedAt) + stillFiringMs(lastClosed.service);
  return Date.parse(now) < until ? new Date(until).toISOString() : null;
}

/**
 * Equal bytes from a sender that timestamps single events mean the same event. Without a timestamp, or with the start of a state,
 * equal bytes mean only that it fires again.
 */
function isRedelivered(signal: AlertSignal, lastClosed: LastClosed, { now, body }: SignalSettings): boolean {
  const isStamped = signal.occurredAt !== null && signal.startedAt == null;
  return (
    isStamped &&
    !isByHand(lastClosed) &&
    body !== null &&
    body === lastClosed.triggerBody &&
    lastClosed.triggeredAt !== null &&
    Date.parse(now) - Date.parse(lastClosed.triggeredAt) <= REDELIVERED_MS
  );
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

function decideResolve(
  signal: AlertSignal,
  { open, lastClosed }: KeyFacts,
  { now }: SignalSettings,
): SignalDecision {
  if (open === null) {
    const isRepeat =
      lastClosed !== null &&
      !isByHand(lastClosed) &&
      Date.parse(now) - Date.parse(lastClosed.closedAt) <= PARK_MS;
    if (isRepeat) return dropped('the alert of this key is closed already');
    const text =
      'no open alert has this key; a trigger from before this resolve is closed at once if it comes within 5 minutes';
    return { kind: 'parked', reasons: [because('parked', text)] };
  }
  // Two clocks of one sender may disagree (prometheus#1386); a resolve closes the alert regardless.
  const began = signal.startedAt ?? open.occurredAt ?? null;
  const text = isBefore(signal.occurredAt, began)
    ? `the source resolved the alert; the end it tells, ${signal.occurredAt}, is before its start, ${began}`
    : 'the source resolved the alert';
  return { kind: 'close', alert: open.id, incident: open.incident, reasons: [because('closed', text)] };
}

const because = (decision: string, text: string): Reason => ({ stage: 'dedup', decision, text });
const dropped = (text: string): SignalDecision => ({ kind: 'dropped', reasons: [because('dropped', text)] });

/** True when both are known and the first is strictly earlier. */
function isBefore(first: string | null, second: string | null): boolean {
  return first !== null && second !== null && Date.parse(first) < Date.parse(second);
}

const isSame = (first: string, second: string): boolean => Date.parse(first) === Date.parse(second);

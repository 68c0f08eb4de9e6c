/**
 * Decides what a ping and the passing of time mean for a heartbeat. Times are instants of the record's clock, as ISO 8601; the sender's
 * clock is not asked.
 */
import { MINUTE } from '../oncall/wall-clock.js';
import { type Expectation, expectedAfterPing, nextExpected } from './expectation.js';

export interface Heartbeat {
  /** Last success (of other sources: last message); null until the first one, and nothing is expected before. */
  heardAt: string | null;
  /** Start of a run that has not ended. */
  startedAt: string | null;
  /** Last failure, when it is newer than the last success. */
  failedAt: string | null;
  /** Last time that an alert was triggered; null while all is well. */
  alertedAt: string | null;
}

/** `success` and `failure` end a run; `log` is only kept. */
export type PingKind = 'success' | 'start' | 'failure' | 'log';

export interface HeartbeatChange {
  heartbeat: Heartbeat;
  signal: 'trigger' | 'resolve' | null;
}

export type HeartbeatState = 'new' | 'up' | 'running' | 'late' | 'failed';

export const unheard: Heartbeat = { heardAt: null, startedAt: null, failedAt: null, alertedAt: null };

export function decidePing(heartbeat: Heartbeat, kind: PingKind, now: string): HeartbeatChange {
  switch (kind) {
    case 'success':
      return {
        heartbeat: { ...unheard, heardAt: now },
        signal: heartbeat.alertedAt === null ? null : 'resolve',
      };
    case 'start':
      // A run that starts again without an end keeps its first start: restarts may not put the alert off.
      return { heartbeat: { ...heartbeat, startedAt: heartbeat.startedAt ?? now }, signal: null };
    case 'failure':
      return {
        heartbeat: { ...heartbeat, startedAt: null, failedAt: now, alertedAt: now },
        signal: 'trigger',
      };
    case 'log':
      return { heartbeat, signal: null };
  }
}

/** A message of a source that is not a heartbeat. `at` may be known already. */
export const decideMessage = (heartbeat: Heartbeat, at: string): HeartbeatChange =>
  heartbeat.heardAt !== null && Date.parse(at) <= Date.parse(heartbeat.heardAt)
    ? { heartbeat, signal: null }
    : decidePing(heartbeat, 'success', at);

/** A time in which nobody could be heard, because no api listened. Epoch milliseconds. */
export interface Deafness {
  from: number;
  to: number;
  /** It goes on: nobody is heard yet. */
  isNow: boolean;
}

/** What lateness depends on beside the heartbeat's own times. */
export interface Circumstances {
  /** Since when this is expected, ISO 8601: a new expectation is not late by what was not expected then; null: for ever. */
  expectedSince: string | null;
  deafness: Deafness | null;
}

const plain: Circumstances = { expectedSince: null, deafness: null };

/** Senders that could not be heard get so long to ping again. It puts off what is truly late too. */
const HEARD_AGAIN_MS = 15 * MINUTE;

/**
 * The instant at which the heartbeat is late, in epoch milliseconds; null while nothing is expected. While it is late or failed, the
 * alert is triggered again each time another ping is missed: an incident that a person resolved comes back.
 */
export function lateAt(
  heartbeat: Heartbeat,
  { interval, graceMs }: Expectation,
  { expectedSince, deafness }: Circumstances = plain,
): number | null {
  const { heardAt, startedAt, alertedAt } = heartbeat;
  const begun = (at: string): number => Math.max(Date.parse(at), Date.parse(expectedSince ?? at));
  const late = (since: number, expected: number | null): number | null =>
    expected === null ? null : heardAgain(since, expected + graceMs, { interval, graceMs }, deafness);
  if (alertedAt !== null) return late(Date.parse(alertedAt), nextExpected(interval, Date.parse(alertedAt)));
  if (startedAt !== null) return late(Date.parse(startedAt), begun(startedAt));
  if (heardAt === null) return null;
  const heard = Date.parse(heardAt);
  const since = begun(heardAt);
  return late(heard, since === heard ? expectedAfterPing(interval, heard) : nextExpected(interval, since));
}

/** A ping may have been lost: its sender gets the time to send the next one. */
function heardAgain(
  since: number,
  late: number,
  { interval, graceMs }: Pick<Expectation, 'interval' | 'graceMs'>,
  deafness: Deafness | null,
): number {
  if (deafness === null || deafness.to <= since || deafness.from >= late) return late;
  if (deafness.isNow) return Math.max(late, deafness.from + HEARD_AGAIN_MS);
  const next = nextExpected(interval, deafness.to) ?? deafness.to;
  return Math.max(late, Math.min(next + graceMs, deafness.to + HEARD_AGAIN_MS));
}

/** Triggers the alert when the heartbeat is late. */
export function decideLate(
  heartbeat: Heartbeat,
  expectation: Expectation,
  now: string,
  circumstances: Circumstances = plain,
): HeartbeatChange {
  const late = lateAt(heartbeat, expectation, circumstances);
  if (late === null || Date.parse(now) < late) return { heartbeat, signal: null };
  return { heartbeat: { ...heartbeat, alertedAt: now }, signal: 'trigger' };
}

export function stateOf({ heardAt, startedAt, failedAt, alertedAt }: Heartbeat): HeartbeatState {
  if (failedAt !== null) return 'failed';
  if (alertedAt !== null) return 'late';
  if (startedAt !== null) return 'running';
  return heardAt === null ? 'new' : 'up';
}

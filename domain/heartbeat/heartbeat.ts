/**
 * Decides what a ping and the passing of time mean for a heartbeat. Times are instants of the record's clock, as ISO 8601; the sender's
 * clock is not asked.
 */
import { type Expectation, nextExpected } from './expectation.js';

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

/**
 * The instant at which the heartbeat is late, in epoch milliseconds; null while nothing is expected. While it is late or failed, the
 * alert is triggered again each time another ping is missed: an incident that a person resolved comes back.
 */
export function lateAt(heartbeat: Heartbeat, { interval, graceMs }: Expectation): number | null {
  const { heardAt, startedAt, alertedAt } = heartbeat;
  if (alertedAt === null && startedAt !== null) return Date.parse(startedAt) + graceMs;
  const since = alertedAt ?? heardAt;
  if (since === null) return null;
  const expected = nextExpected(interval, Date.parse(since));
  return expected === null ? null : expected + graceMs;
}

/** Triggers the alert when the heartbeat is late. */
export function decideLate(heartbeat: Heartbeat, expectation: Expectation, now: string): HeartbeatChange {
  const late = lateAt(heartbeat, expectation);
  if (late === null || Date.parse(now) < late) return { heartbeat, signal: null };
  return { heartbeat: { ...heartbeat, alertedAt: now }, signal: 'trigger' };
}

export function stateOf({ heardAt, startedAt, failedAt, alertedAt }: Heartbeat): HeartbeatState {
  if (failedAt !== null) return 'failed';
  if (alertedAt !== null) return 'late';
  if (startedAt !== null) return 'running';
  return heardAt === null ? 'new' : 'up';
}

/**
 * When a source has to be heard from. A heartbeat (`format: heartbeat`) expects pings; every other source with `quietAfter` expects
 * messages. Both become an alert of the source itself when they are late (docs/sources/heartbeats.md).
 */
import type { HeartbeatInterval, SourceSpec } from '../alert/source-spec.js';
import { wallClock } from '../oncall/wall-clock.js';
import { nextSlot } from '../shared/cron-slot.js';
import { type Duration, durationMs } from '../shared/duration.js';

export interface Expectation {
  interval: HeartbeatInterval;
  /** Lateness of a ping that is still in time, and the longest time from the start of a run to its end. */
  graceMs: number;
  expects: 'ping' | 'message';
}

const GRACE: Duration = '5m';
const NO_GRACE = 0;
const DAY_MS = 86_400_000;

/** Null for a source that may be quiet for any time. */
export function expectationOf(spec: Pick<SourceSpec, 'expect' | 'grace' | 'quietAfter'>): Expectation | null {
  if (spec.expect !== undefined)
    return { interval: spec.expect, graceMs: durationMs(spec.grace ?? GRACE), expects: 'ping' };
  if (spec.quietAfter === undefined) return null;
  return { interval: { every: spec.quietAfter }, graceMs: NO_GRACE, expects: 'message' };
}

/** The next expected instant after one, in epoch milliseconds; null when the crontab line never matches. */
export function nextExpected(interval: HeartbeatInterval, after: number): number | null {
  if ('every' in interval) return after + durationMs(interval.every);
  const { cron, timezone } = interval;
  // In a doubled hour the clock shows a minute twice: its first time counts, and it may lie before `after`.
  for (
    let slot = nextSlot(cron, wallClock(timezone, after, after).wallAt(after));
    slot !== null;
    slot = nextSlot(cron, slot)
  ) {
    const at = wallClock(timezone, after, slot + DAY_MS).startAt(slot);
    if (at > after) return at;
  }
  return null;
}

/** The clock of a sender is ahead by as much: its ping comes before the minute that it is for. */
const EARLY_MS = 120_000;
/** Of the time to the one after. */
const EARLY_SHARE = 0.25;

/** The next expected instant after one that was heard; a ping just before a minute of a crontab line is that minute's. */
export function expectedAfterPing(interval: HeartbeatInterval, heard: number): number | null {
  const next = nextExpected(interval, heard);
  if ('every' in interval || next === null || next - heard > EARLY_MS) return next;
  const following = nextExpected(interval, next);
  if (following === null) return next;
  return next - heard <= (following - next) * EARLY_SHARE ? following : next;
}

/** `every 1h`, `0 3 * * * (Europe/Berlin)`. */
export const intervalText = (interval: HeartbeatInterval): string =>
  'every' in interval ? `every ${interval.every}` : `${interval.cron} (${interval.timezone})`;

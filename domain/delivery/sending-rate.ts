/**
 * Rate limit of a provider, or of one address at it: a token bucket stored as the instant at which it is full again (the generic
 * cell rate algorithm of ITU-T I.371). Half of a window's maximum may go at once, the rest follows evenly, so no window exceeds
 * its maximum wherever it begins. Lower priority classes leave part of the bucket to higher ones: a storm of updates cannot empty
 * it. Pure; db/delivery/ledger-rate.ts stores the instants.
 */
import { type PriorityClass, priorityClassNumber } from './priority-classes.js';

export interface SendingRate {
  /** Number of messages that may go at once. */
  burst: number;
  /** Interval between further messages. */
  intervalMs: number;
}

/** At most `max` in any `windowMs`; for a maximum below one, one message in a correspondingly longer window. */
export function rateOf(max: number, windowMs: number): SendingRate {
  const whole = Math.max(1, Math.floor(max));
  const window = max < 1 ? windowMs / max : windowMs;
  const burst = Math.ceil(whole / 2);
  return { burst, intervalMs: window / (whole + 1 - burst) };
}

export type RateSlot = { kind: 'now'; freeAtMs: number } | { kind: 'later'; atMs: number };

/** `freeAtMs`: when the bucket is full again, after the last message; null for one never used. */
export function takeSlot(
  { burst, intervalMs }: SendingRate,
  freeAtMs: number | null,
  nowMs: number,
  priorityClass: PriorityClass,
): RateSlot {
  const atMs = freeAtMs === null ? nowMs : freeAtMs - tolerance(burst, priorityClass) * intervalMs;
  return atMs <= nowMs
    ? { kind: 'now', freeAtMs: Math.max(freeAtMs ?? nowMs, nowMs) + intervalMs }
    : { kind: 'later', atMs };
}

/**
 * Measured in intervals. A page may use the whole burst; each lower priority class leaves a quarter more and never uses the last
 * slot.
 */
function tolerance(burst: number, priorityClass: PriorityClass): number {
  const below = priorityClassNumber(priorityClass);
  return below === 0 ? burst - 1 : Math.min((burst - 1) * (1 - below / 4), burst - 2);
}

/**
 * How fast a provider, or one address at it, may be sent to: a token bucket, kept as the instant at which it is full again
 * (the generic cell rate algorithm of ITU-T I.371). Half of what a window allows may go at once, the rest follows evenly; so no
 * window ever holds more than its maximum, wherever it begins. Lower lanes leave a part of the bucket to the higher ones: a
 * storm of updates cannot empty it. Pure; db/ledger-pace.ts keeps the instants.
 */
import { type Lane, laneNumber } from './lanes.js';

export interface Pace {
  /** As many at once. */
  burst: number;
  /** Then one in so many milliseconds. */
  intervalMs: number;
}

/** At most `max` in any `windowMs`; below one, one in a window that is as much longer. */
export function paceOf(max: number, windowMs: number): Pace {
  const whole = Math.max(1, Math.floor(max));
  const window = max < 1 ? windowMs / max : windowMs;
  const burst = Math.ceil(whole / 2);
  return { burst, intervalMs: window / (whole + 1 - burst) };
}

export type PaceTurn = { kind: 'now'; freeAtMs: number } | { kind: 'later'; atMs: number };

/** `freeAtMs`: when the bucket is full again, as the last turn left it; null for one never used. */
export function takePace(
  { burst, intervalMs }: Pace,
  freeAtMs: number | null,
  nowMs: number,
  lane: Lane,
): PaceTurn {
  const atMs = freeAtMs === null ? nowMs : freeAtMs - tolerance(burst, lane) * intervalMs;
  return atMs <= nowMs
    ? { kind: 'now', freeAtMs: Math.max(freeAtMs ?? nowMs, nowMs) + intervalMs }
    : { kind: 'later', atMs };
}

/** In intervals. A page may use the whole burst; each lane below it leaves a quarter more, and never takes the last place. */
function tolerance(burst: number, lane: Lane): number {
  const below = laneNumber(lane);
  return below === 0 ? burst - 1 : Math.min((burst - 1) * (1 - below / 4), burst - 2);
}

/** Only after N in M minutes: an alert that was told fewer times is held (docs/alerts.md). Repeats count. */
import { durationMs } from '../shared/duration.js';
import type { AfterSpec } from './after-spec.js';
import { type JudgedAlert, passed, type Verdict } from './stage.js';

export const AFTER_COUNT_MAX = 100;

/** `by` of a hold of this stage; its end is the next trigger, so no instant is known. */
export const HELD_BY_AFTER = 'after';

export function onlyAfter(
  alert: Pick<JudgedAlert, 'triggers' | 'reopens'>,
  after: AfterSpec | undefined,
  now: string,
): Verdict {
  if (after === undefined || after.count <= 1) return passed;
  const wanted = `${after.count} times within ${after.within}`;
  // Its incident is known and open, or was a moment ago: the condition has shown that it is real.
  if (alert.reopens)
    return because('pass', `it belongs to an incident already, so it need not be told ${wanted}`);
  const since = Date.parse(now) - durationMs(after.within);
  const told = alert.triggers.filter((at) => Date.parse(at) > since).length;
  if (told >= after.count)
    return because('pass', `told ${told} times within ${after.within}; ${after.count} are wanted`);
  const text = `told ${told === 1 ? 'once' : `${told} times`} within ${after.within}; it pages when it is told ${wanted}`;
  return { kind: 'hold', by: HELD_BY_AFTER, until: null, reason: { stage: 'after', decision: 'held', text } };
}

const because = (decision: string, text: string): Verdict => ({
  kind: 'pass',
  reason: { stage: 'after', decision, text },
});

/** The times to keep of a key: as many as any `after` can want. A message that was counted several times is that many times. */
export const withTriggers = (earlier: readonly string[], now: string, count: number): string[] =>
  [...earlier, ...Array.from({ length: Math.min(count, AFTER_COUNT_MAX) }, () => now)].slice(
    -AFTER_COUNT_MAX,
  );

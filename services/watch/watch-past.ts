/** The past of a watch's metric, with what was expected of it. */
import type { WatchView } from '../../db/watch/watch-view.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { DAY } from '../../domain/oncall/wall-clock.js';
import { durationMs } from '../../domain/shared/duration.js';
import { unitOf } from '../../domain/watch/deviation.js';
import { floorTo, LONG_BUCKET, SHORT_BUCKET } from '../../domain/watch/expected.js';
import type { WatchDocument } from '../../domain/watch/fold-watch.js';
import { notLearned } from '../../domain/watch/not-learned.js';
import { type ExpectedAt, expectedInPast } from '../../domain/watch/watch-past.js';
import type { WatchState } from '../../domain/watch/watch-state.js';
import { zoneOfService } from '../../domain/watch/watch-zone.js';

/** Values of five minutes. Instants are ISO texts. */
export interface ValuePoint {
  at: string;
  value: number;
  low: number;
  high: number;
  /** Null: too little was known to expect anything. */
  expected: number | null;
  /** Size of one acceptable deviation. */
  acceptable: number | null;
}

export interface PastSpan {
  from: number;
  to: number;
}

/** An outage is not learned for a day: a window may reach so much further back. */
const FURTHER = DAY;

export async function expectedAtOf(
  view: WatchView,
  snapshot: ConfigSnapshot,
  { name, spec }: WatchDocument,
  { from, to }: PastSpan,
): Promise<ExpectedAt> {
  const baseline = 'baseline' in spec.expected ? spec.expected.baseline : null;
  const short =
    baseline?.kind === 'rolling-median'
      ? await view.values(name, {
          width: SHORT_BUCKET,
          from: from - durationMs(baseline.window) - FURTHER,
          to,
        })
      : [];
  const long =
    baseline?.kind === 'same-hour'
      ? await view.values(name, { width: LONG_BUCKET, from: from - (baseline.weeks * 7 + 1) * DAY, to })
      : [];
  return expectedInPast(spec, zoneOfService(snapshot, spec.service), { short, long });
}

export async function pointsOf(
  view: WatchView,
  snapshot: ConfigSnapshot,
  { document, state }: { document: WatchDocument; state: WatchState | null },
  span: PastSpan,
): Promise<ValuePoint[]> {
  const expectedAt = await expectedAtOf(view, snapshot, document, span);
  const outages = notLearned(state, span.to);
  const values = await view.values(document.name, { width: SHORT_BUCKET, ...span });
  return values.map(({ at, mean, low, high }) => {
    const expected = expectedAt(
      at,
      outages.filter(({ from }) => from < at),
    );
    const isKnown = expected.kind === 'known';
    return {
      at: new Date(at).toISOString(),
      value: mean,
      low,
      high,
      expected: isKnown ? expected.value : null,
      acceptable: isKnown ? unitOf(document.spec.acceptable, expected) : null,
    };
  });
}

/** Whole buckets. */
export const wholeSpan = ({ from, to }: PastSpan): PastSpan => ({
  from: floorTo(from, SHORT_BUCKET),
  to: floorTo(to, SHORT_BUCKET) + SHORT_BUCKET,
});

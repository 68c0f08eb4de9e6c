/** What Prometheus remembers of a metric when its watch is new: the baseline need not wait for weeks, and the picture has a past. */
import type { DataSource } from 'typeorm';
import { addToBuckets, hasBuckets } from '../../db/watch/watch-history.js';
import { durationMs } from '../../domain/shared/duration.js';
import { bucketsOf } from '../../domain/watch/buckets.js';
import { LONG_BUCKET, SHORT_BUCKET } from '../../domain/watch/expected.js';
import type { WatchDocument } from '../../domain/watch/fold-watch.js';
import type { MetricQuery } from '../../domain/watch/watch-spec.js';
import { askRange, type MetricParts } from './ask-metric.js';

const DAY_MS = durationMs('1d');
/** Prometheus gives at most 11,000 points a query. */
const LONG_STEP = LONG_BUCKET / 4;

/** A server that has no past, or does not tell it, leaves the baseline to learn. */
export async function keepFirstHistory(
  dataSource: DataSource,
  metrics: MetricParts,
  { name, spec }: WatchDocument,
  { metric, now }: { metric: MetricQuery; now: number },
): Promise<void> {
  if (await hasBuckets(dataSource, name)) return;
  const baseline = 'baseline' in spec.expected ? spec.expected.baseline : null;
  const short = Math.max(DAY_MS, baseline?.kind === 'rolling-median' ? durationMs(baseline.window) : 0);
  const long = baseline?.kind === 'same-hour' ? (baseline.weeks * 7 + 1) * DAY_MS : 0;
  for (const { span, stepMs, width } of [
    { span: short, stepMs: SHORT_BUCKET, width: SHORT_BUCKET },
    { span: long, stepMs: LONG_STEP, width: LONG_BUCKET },
  ]) {
    if (span === 0) continue;
    const read = await askRange(metrics, metric, { from: now - span, to: now - stepMs, stepMs });
    if (read.kind === 'values')
      await addToBuckets(dataSource, [{ watch: name, buckets: bucketsOf(read.values, [width]) }]);
  }
}

import { z } from 'zod';
import type { WatchSpec } from '../../domain/config/specs.js';
import { line, positiveDuration, priority, slug, webUrl } from './fields.js';
import { oneKind } from './one-kind.js';

const prometheus = z.strictObject({ url: webUrl, query: line(8000) }).meta({ id: 'PrometheusQuery' });

const reading = z
  .union([z.strictObject({ prometheus }), z.strictObject({ push: z.strictObject({}) })], {
    error: oneKind(['prometheus', 'push']),
  })
  .meta({ id: 'WatchSource', description: 'Asked of Prometheus, or pushed to us.' });

const baseline = z
  .union(
    [
      z.strictObject({ kind: z.literal('same-hour'), weeks: z.int().min(1).max(52) }),
      z.strictObject({ kind: z.literal('rolling-median'), window: positiveDuration }),
    ],
    { error: 'a baseline: {kind: same-hour, weeks: 4} or {kind: rolling-median, window: 1d}' },
  )
  .meta({ id: 'Baseline' });

const expected = z
  .union([z.strictObject({ value: z.number() }), z.strictObject({ baseline })], {
    error: oneKind(['value', 'baseline']),
  })
  .meta({ id: 'Expected', description: 'What is normal: a fixed value, or what it was before.' });

const direction = z.enum(['above', 'below', 'both']).default('above');
const size = z.number().positive();

const acceptable = z
  .union(
    [
      z.strictObject({ percent: size, direction }),
      z.strictObject({ absolute: size, direction }),
      z.strictObject({ sigma: size, direction }),
    ],
    { error: oneKind(['percent', 'absolute', 'sigma']) },
  )
  .meta({ id: 'AcceptableDeviation' });

const band = z
  .strictObject({
    beyond: z.number().min(0).meta({ description: 'In acceptable deviations.' }),
    for: positiveDuration.optional(),
    priority,
  })
  .meta({ id: 'Band' });

/** Stored and checked; nothing reads a metric yet. */
export const watchSpec = z
  .strictObject({
    service: slug,
    source: reading,
    every: positiveDuration.default('1m'),
    expected,
    acceptable,
    bands: z.array(band).min(1).max(20),
    usersAffected: reading.optional(),
  })
  .meta({
    id: 'WatchSpec',
    description: 'A metric with an acceptable deviation. Stored; not read yet.',
  }) satisfies z.ZodType<WatchSpec>;

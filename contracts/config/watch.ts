import { z } from 'zod';
import { durationMs } from '../../domain/shared/duration.js';
import { WINDOW_MOST } from '../../domain/watch/expected.js';
import type {
  Acceptable,
  Band,
  ExpectedSpec,
  MetricQuery,
  WatchSource,
  WatchSpec,
} from '../../domain/watch/watch-spec.js';
import {
  durationUpTo,
  isAtLeast,
  line,
  longText,
  positiveDuration,
  priority,
  slug,
  webUrl,
} from './fields.js';
import { oneKind } from './one-kind.js';

const finite = z.number().min(-1e100).max(1e100);
const positive = z.number().positive().max(1e100);

const secretName = z
  .string()
  .regex(/^[A-Za-z_][\w-]{0,62}$/, {
    error:
      'the name of a secret such as prometheus_token, which the worker has as TOCSIN_SECRET_PROMETHEUS_TOKEN',
  })
  .meta({ id: 'SecretName', description: 'A secret of the worker, TOCSIN_SECRET_<NAME>.' });

const metricQuery = z
  .strictObject({
    url: webUrl.meta({ description: 'The server, without /api/v1/query.' }),
    query: longText(4096).meta({ description: 'PromQL that gives one number.' }),
    auth: z
      .union(
        [
          z.strictObject({ bearer: secretName }),
          z.strictObject({
            username: z
              .string()
              .max(200)
              .regex(/^[^:\p{Cc}]+$/u, { error: 'a name without ":" and control characters' }),
            password: secretName,
          }),
        ],
        { error: oneKind(['bearer', 'username']) },
      )
      .optional()
      .meta({ description: 'Bearer token or basic password, each the name of a secret.' }),
  })
  .meta({
    id: 'MetricQuery',
    description: 'An instant query to Prometheus, or to what answers like it.',
  }) satisfies z.ZodType<MetricQuery>;

const source = z.union(
  [
    z.strictObject({ prometheus: metricQuery }),
    z.strictObject({
      push: z
        .strictObject({
          source: slug.optional().meta({
            description:
              'The Source whose key may send values; any Source of the same service when left out.',
          }),
        })
        .meta({ description: 'Values come to POST /in/<key>/values.' }),
    }),
  ],
  { error: oneKind(['prometheus', 'push']) },
) satisfies z.ZodType<WatchSource>;

const baseline = z.union(
  [
    z.strictObject({
      kind: z
        .literal('same-hour')
        .meta({ description: 'The same hour of the same weekday, by the clock of the team.' }),
      weeks: z.int().min(1).max(8).default(4),
    }),
    z.strictObject({
      kind: z.literal('rolling-median'),
      window: durationUpTo(WINDOW_MOST)
        .refine((text) => isAtLeast(text, '30m'), { error: 'a duration of at least 30m' })
        .default('1d'),
    }),
  ],
  { error: 'kind: same-hour with weeks, or kind: rolling-median with window' },
);

const expected = z.union([z.strictObject({ value: finite }), z.strictObject({ baseline })], {
  error: oneKind(['value', 'baseline']),
}) satisfies z.ZodType<ExpectedSpec>;

const acceptable = z.union(
  [
    z.strictObject({ percent: positive.meta({ description: 'Of the expected value.' }) }),
    z.strictObject({ absolute: positive }),
    z.strictObject({ sigma: positive.meta({ description: 'Standard deviations of the baseline.' }) }),
  ],
  { error: oneKind(['percent', 'absolute', 'sigma']) },
) satisfies z.ZodType<Acceptable>;

const band = z
  .strictObject({
    beyond: z.number().positive().max(1e6).meta({ description: 'In acceptable deviations.' }),
    for: durationUpTo('1d').optional().meta({
      description: 'Without a break, to enter the band and to leave it; at once when left out.',
    }),
    priority,
  })
  .meta({ id: 'WatchBand' }) satisfies z.ZodType<Band>;

export const watchSpec = z
  .strictObject({
    service: slug,
    displayName: line(100).optional().meta({ description: 'What sentences call the metric, such as p99.' }),
    unit: line(20)
      .optional()
      .meta({ examples: ['s', '%', 'requests/s'] }),
    source,
    every: positiveDuration
      .refine((text) => isAtLeast(text, '10s') && durationMsOf(text) <= durationMs('1h'), {
        error: 'a duration from 10s to 1h',
      })
      .default('30s'),
    expected,
    acceptable: acceptable.meta({ description: 'The size of one acceptable deviation.' }),
    direction: z
      .enum(['above', 'below', 'both'])
      .default('above')
      .meta({ description: 'Which side of the expected value is worse.' }),
    bands: z.array(band).min(1).max(5).meta({ description: 'In rising order of beyond.' }),
    hysteresis: z.number().min(0).max(0.9).default(0.1).meta({
      description: "Share of a band's edge by which the value must fall below it before the band is left.",
    }),
    noData: z
      .strictObject({ for: positiveDuration.default('10m'), priority: priority.default('P3') })
      .default({ for: '10m', priority: 'P3' })
      .meta({ description: 'No value, or none that can be judged, for so long is an alert of its own.' }),
    usersAffected: z.strictObject({ prometheus: metricQuery }).optional().meta({
      description:
        'How many users the deviation affects; asked while a band is entered, and may raise the priority.',
    }),
  })
  .check((ctx) => {
    const problem = (path: (string | number)[], message: string): void =>
      void ctx.issues.push({ code: 'custom', path, message, input: ctx.value });
    const { bands, expected: about, acceptable: unit } = ctx.value;
    bands.forEach((one, index) => {
      const before = bands[index - 1];
      if (before === undefined) return;
      if (one.beyond <= before.beyond)
        problem(['bands', index, 'beyond'], `more than ${before.beyond}, the band before`);
      if (one.priority > before.priority)
        problem(
          ['bands', index, 'priority'],
          `at least ${before.priority}, as the band before: a worse value must not have a lower priority`,
        );
    });
    if ('value' in about && 'sigma' in unit)
      problem(['acceptable', 'sigma'], 'needs a baseline: a fixed value has no standard deviation');
    if ('value' in about && about.value === 0 && 'percent' in unit)
      problem(['acceptable', 'percent'], 'a share of 0 is nothing: use absolute');
  })
  .meta({
    id: 'WatchSpec',
    description:
      'A metric with an expected value and an acceptable deviation; its bands decide the priority.',
  }) satisfies z.ZodType<WatchSpec>;

/** The pattern reports a text that is no duration. */
const durationMsOf = (text: string): number => (/^\d{1,6}[smhd]$/.test(text) ? durationMs(text) : 0);

/** Watches: where they stand, their simulation, and values that are pushed to them. */
import { z } from 'zod';
import { priority, slug } from '../config/fields.js';
import { watchSpec } from '../config/watch.js';
import { Instant } from './common.js';

export const PUSHED_MOST = 1_000;

export const PushedValueBody = z
  .strictObject({
    watch: slug.meta({ description: 'A Watch with source: {push: {}}.' }),
    value: z.number({ error: 'a finite number' }).min(-1e100).max(1e100),
    at: Instant.optional().meta({ description: 'When it was measured; when it is received if left out.' }),
  })
  .meta({ id: 'PushedValue' });

const Item = z.object({
  name: z.string(),
  title: z.string().meta({ description: 'What sentences call the metric.' }),
  service: z.string(),
  unit: z.string().nullable(),
  source: z.enum(['prometheus', 'push']),
  every: z.string().meta({ examples: ['30s'] }),
  condition: z.enum(['new', 'learning', 'expected', 'beyond', 'no_data', 'not_judged']).meta({
    description:
      'beyond: a band is entered, and its alert is open. learning: the history is too short to expect anything.',
  }),
  sentence: z.string().meta({ description: 'Where the watch stands.' }),
  why: z.string().nullable().meta({ description: 'Why the metric has no value or cannot be judged.' }),
  priority: priority.nullable().meta({ description: 'Of the band that is open.' }),
  since: Instant.nullable().meta({ description: 'Since when the condition holds.' }),
  value: z.number().nullable().meta({ description: 'The last value that was judged.' }),
  expected: z.number().nullable(),
  expectedText: z.string().nullable(),
  acceptable: z.number().nullable().meta({ description: 'Size of one acceptable deviation.' }),
  deviations: z
    .number()
    .nullable()
    .meta({ description: 'In acceptable deviations; negative on the good side.' }),
  judgedAt: Instant.nullable(),
  nextAt: Instant.nullable().meta({ description: 'When it is evaluated next.' }),
  lateMs: z.number().meta({ description: 'By how much its evaluation is late now.' }),
  usersAffected: z.number().nullable(),
});

export const WatchesReply = z.object({ items: z.array(Item), next: z.null() }).meta({ id: 'Watches' });

const bandShape = {
  beyond: z.number().meta({ description: 'In acceptable deviations.' }),
  for: z.string().optional(),
  priority,
};

export const WatchReply = Item.extend({
  bands: z.array(z.object({ ...bandShape, isIn: z.boolean() })),
  picture: z.object({
    title: z.string(),
    unit: z.string().nullable(),
    direction: z.enum(['above', 'below', 'both']),
    bands: z.array(z.object(bandShape)),
    from: Instant,
    to: Instant,
    points: z
      .array(
        z.object({
          at: Instant,
          value: z.number().meta({ description: 'Mean of five minutes.' }),
          low: z.number(),
          high: z.number(),
          expected: z.number().nullable(),
          acceptable: z.number().nullable(),
        }),
      )
      .meta({ description: 'The last day.' }),
  }),
  alerts: z
    .array(
      z.object({
        condition: z.string().meta({ examples: ['band', 'no-data', 'not-judged'] }),
        status: z.enum(['open', 'closed']),
        title: z.string(),
        incident: z.string().nullable(),
        firstAt: Instant,
        closedAt: Instant.nullable(),
      }),
    )
    .meta({ description: 'The last 20 that it opened, newest first.' }),
}).meta({ id: 'Watch' });

export const SimulateWatchBody = z.strictObject({
  spec: watchSpec.optional().meta({ description: 'A proposed document; that in force if left out.' }),
});
export type SimulateWatchBody = z.output<typeof SimulateWatchBody>;

export const SimulateWatchReply = z
  .object({
    from: Instant.meta({ description: 'A week ago, or the first value that is kept.' }),
    to: Instant,
    step: z.string().meta({ description: 'One value is the mean of so long.' }),
    judged: z.int().meta({ description: 'Values that were judged.' }),
    empty: z.int().meta({ description: 'Spans without a value.' }),
    learning: z.int().meta({ description: 'Values for which too little was known to expect anything.' }),
    isCut: z.boolean().meta({ description: 'It would have told more than the 200 that are shown.' }),
    told: z.array(
      z.object({
        at: Instant,
        condition: z.enum(['band', 'no-data', 'not-judged']),
        what: z.enum(['begins', 'rises', 'eases', 'ends']),
        priority,
        sentence: z.string(),
      }),
    ),
  })
  .meta({ id: 'WatchSimulation' });

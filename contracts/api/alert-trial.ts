/** A sample message through the pipeline of alerts: `POST /api/v1/alerts/simulate`. */
import { z } from 'zod';
import { Instant } from './common.js';
import { slug } from '../config/fields.js';

export const TrialBody = z
  .strictObject({
    source: slug.meta({ description: 'Whose format, routes and service apply.', examples: ['prometheus'] }),
    body: z
      .union([z.string().min(1), z.record(z.string(), z.unknown()), z.array(z.unknown())], {
        error: 'the body as its sender sends it: an object, a list, or a text',
      })
      .meta({
        description: 'The body as its sender sends it, at most 64 KiB.',
        examples: [{ title: 'Replica lag 900 s', severity: 'critical', dedupKey: 'checkout-db/replica-lag' }],
      }),
  })
  .meta({ id: 'TryMessage' });
export type TrialBody = z.output<typeof TrialBody>;

export const ReplayBody = z
  .strictObject({
    days: z
      .int()
      .min(1)
      .max(30)
      .default(7)
      .meta({ description: 'Days of received messages, counted back from now.' }),
    documents: z
      .string()
      .min(1)
      .max(256 * 1024)
      .meta({
        description: 'Documents as YAML or JSON, as for a plan. They are not stored.',
        examples: [
          'apiVersion: tocsin/v1\nkind: PriorityRules\nmetadata: {name: default}\nspec: {rules: []}\n',
        ],
      }),
  })
  .meta({ id: 'ReplayMessages' });
export type ReplayBody = z.output<typeof ReplayBody>;

const replayed = z.array(
  z.looseObject({
    title: z.string(),
    source: z.string(),
    dedupKey: z.string(),
    service: z.string().nullable(),
    at: Instant,
    because: z.string(),
  }),
);
const side = z.object({ pages: z.int(), incidents: z.int() });

export const ReplayReply = z
  .looseObject({
    from: Instant,
    to: Instant,
    messages: z.int(),
    leftOut: z
      .int()
      .meta({ description: 'Over 64 KiB, of a source that is gone, or not readable any more.' }),
    before: side,
    after: side,
    fewer: z.int().meta({ description: 'Pages that would not have been; negative for more.' }),
    lost: replayed.meta({ description: 'Alerts that would have reached nobody; the first 100.' }),
    lostTotal: z.int(),
    new: replayed.meta({
      description: 'Alerts that would have reached somebody only with these documents; the first 100.',
    }),
    newTotal: z.int(),
    tookMs: z.int(),
  })
  .meta({ id: 'Replay' });

const stage = z.object({ stage: z.string(), decision: z.string(), text: z.string() });

export const TrialReply = z
  .object({
    alerts: z.array(
      z.looseObject({
        dedupKey: z.string(),
        action: z.string(),
        title: z.string(),
        severity: z.string(),
        service: z.string().nullable(),
        stages: z.array(stage),
        priority: z.string().nullable(),
        priorityReasons: z.array(z.string()),
        wouldOpen: z
          .object({ number: z.string().nullable(), title: z.string(), service: z.string().nullable() })
          .nullable()
          .meta({ description: 'null: no incident. `number`: one that it joins; null for a new one.' }),
        calls: z
          .enum(['opened', 'reopened', 'raised', 'joined'])
          .nullable()
          .meta({ description: 'Why people are called; null: nobody is.' }),
        pages: z
          .array(
            z.object({ person: z.string(), contact: z.string(), channel: z.string(), because: z.string() }),
          )
          .meta({ description: 'Whom the first step of a new incident would page now.' }),
      }),
    ),
    refused: z.array(z.object({ path: z.string(), message: z.string() })),
  })
  .meta({ id: 'TriedMessage' });

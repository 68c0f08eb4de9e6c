/** A sample message through the pipeline of alerts: `POST /api/v1/alerts/simulate`. */
import { z } from 'zod';
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

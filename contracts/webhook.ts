/** Bodies of the signed webhook (Standard Webhooks headers), for authors of receivers and for our tests. */
import { z } from 'zod';
import { Instant } from './api/common.js';
import { priority } from './config/fields.js';

const common = {
  incident: z.looseObject({
    id: z.string(),
    number: z.string(),
    title: z.string(),
    priority,
    status: z.enum(['triggered', 'acknowledged', 'resolved', 'closed']),
    service: z.string().nullable(),
    drill: z.boolean(),
  }),
  person: z.string(),
  attempt: z.int().min(1),
  possibleDuplicate: z.boolean(),
  links: z.looseObject({ respond: z.url(), incident: z.url() }),
  bridge: z.string().nullable(),
};

const body = <T extends string, S extends z.ZodRawShape>(type: T, data: S) =>
  z.looseObject({ type: z.literal(type), timestamp: Instant, data: z.looseObject({ ...common, ...data }) });

/** Receivers should ignore unknown types and members. */
export const WebhookBody = z
  .discriminatedUnion('type', [
    // Step 0 pages a person by name, to whom the incident was reassigned.
    body('page.requested', {
      step: z.int().min(0),
      cycle: z.int().min(0),
      alert: z
        .looseObject({
          description: z.string().nullable(),
          fields: z.array(z.object({ name: z.string(), value: z.string() })),
        })
        .nullable()
        .optional()
        .meta({ description: 'What the sender says of the newest alert beside its title, cut.' }),
    }),
    body('approval.requested', {
      approval: z.looseObject({
        id: z.string(),
        run: z.string(),
        step: z.string(),
        message: z.string(),
        expiresAt: Instant.nullable(),
      }),
    }),
    body('review.requested', {
      review: z.looseObject({
        postmortem: z.string().meta({ description: 'The incident; of a digest, its name.' }),
        due: z.string(),
        digest: z.string().optional().meta({
          description: 'D-3: the request is about a digest, and `incident` is numbered and titled like it.',
        }),
        incidents: z.int().optional(),
      }),
    }),
    body('notice.sent', { text: z.string() }),
  ])
  .meta({
    id: 'WebhookBody',
    description: 'One request to a person: a page, an approval, a review, or a notice.',
  });
export type WebhookBody = z.output<typeof WebhookBody>;

/** Subscriptions: `incident.<event>` for every event of every incident. */
export const IncidentWebhookBody = z
  .looseObject({
    type: z.string().regex(/^incident\.[a-z_]+$/),
    timestamp: Instant,
    data: z.looseObject({
      incident: common.incident,
      event: z.looseObject({
        seq: z.int(),
        kind: z.string(),
        at: Instant,
        actor: z.string(),
        onBehalfOf: z
          .string()
          .optional()
          .meta({ description: 'The person for whom a key acted; left out when nobody was named.' }),
      }),
    }),
  })
  .meta({ id: 'IncidentWebhookBody' });
export type IncidentWebhookBody = z.output<typeof IncidentWebhookBody>;

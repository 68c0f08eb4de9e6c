/** Status of subscriptions: the addresses that receive incident events. */
import { z } from 'zod';
import { EVENT_KINDS } from '../../domain/incident/event-kinds.js';
import { Instant, pageOf } from './common.js';

const count = z.int().min(0);

const SubscriptionItem = z
  .looseObject({
    name: z.string(),
    format: z.enum(['standard', 'pagerduty-v3']),
    address: z.string().meta({ description: 'The host; the rest of the address may be a secret.' }),
    events: z.array(z.enum(EVENT_KINDS)).nullable(),
    teams: z.array(z.string()).nullable(),
    services: z.array(z.string()).nullable(),
    drills: z.boolean(),
    last: z
      .object({
        state: z.enum(['sending', 'accepted', 'delivered', 'failed', 'exhausted', 'planned', 'suppressed']),
        at: Instant,
        event: z.string().meta({ description: 'Kind of the event.' }),
        error: z.string().nullable(),
      })
      .nullable()
      .meta({ description: 'The latest attempt; null when there was none.' }),
    day: z
      .object({ accepted: count, waiting: count, failed: count })
      .meta({ description: 'Events of the last 24 hours; failed: given up.' }),
  })
  .meta({ id: 'Subscription' });

export const SubscriptionsReply = pageOf(SubscriptionItem).meta({ id: 'Subscriptions' });
export type SubscriptionsReply = z.output<typeof SubscriptionsReply>;

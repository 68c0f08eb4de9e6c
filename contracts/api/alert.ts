/** Alerts: the list with its filters, and one alert with its first and its newest texts. Loose: members may be added. */
import { z } from 'zod';
import { line } from '../config/fields.js';
import { Instant } from './common.js';
import { page } from './query.js';

export const AlertsQuery = z
  .strictObject({
    ...page,
    incident: z.uuid({ error: 'the id of an incident' }).optional(),
    status: z.enum(['open', 'closed'], { error: 'open or closed' }).optional(),
    held: z.stringbool({ error: 'true or false' }).optional().meta({
      description: 'true: only alerts that are open and held, so that they have no incident.',
    }),
    service: line(64).optional().meta({ description: 'Name of a service.' }),
    source: line(64).optional().meta({ description: 'Name of a source.' }),
    text: line(100).optional().meta({
      description:
        'A part of the title or of the dedup key, in any case. Looks at open alerts and at those first heard in the last 30 days.',
    }),
  })
  .meta({ id: 'AlertsQuery' });
export type AlertsQuery = z.output<typeof AlertsQuery>;

export const AlertItem = z.looseObject({
  id: z.uuid(),
  source: z.string(),
  dedupKey: z.string(),
  status: z.string(),
  title: z.string(),
  count: z.int(),
  heldBy: z.string().nullable(),
});

const Reason = z.object({ at: z.string(), stage: z.string(), decision: z.string(), text: z.string() });

export const AlertWhyReply = z.object({ reasons: z.array(Reason) });

export const AlertReply = AlertItem.extend({
  first: z
    .looseObject({
      title: z.string(),
      severity: z.string(),
      description: z.string().nullable(),
      labels: z.record(z.string(), z.string()),
      links: z.array(z.unknown()),
      details: z.unknown(),
    })
    .nullable()
    .meta({ description: 'What the first message said; null while no later one says anything else.' }),
  heldUntil: Instant.nullable(),
  closedBy: z.string().nullable(),
  incidentNumber: z.string().nullable(),
  reasons: z.array(Reason),
}).meta({ id: 'Alert' });

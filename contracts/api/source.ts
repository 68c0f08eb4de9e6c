/** Sources: what is known of them, and how a sender is pointed at them. */
import { z } from 'zod';
import { Instant } from './common.js';

const Source = z.object({
  name: z.string(),
  format: z.enum(['pagerduty-v2', 'alertmanager', 'grafana', 'generic', 'heartbeat']),
  service: z.string().nullable().meta({ description: 'Where no route matches.' }),
  lastHeardAt: Instant.nullable().meta({ description: 'Last message or ping that was taken.' }),
  openAlerts: z.int(),
  heldAlerts: z
    .int()
    .meta({ description: 'Of the open ones: held by a silence, a window or another stage.' }),
  refused: z.int().meta({ description: 'Messages of the last 24 hours that were refused.' }),
});

export const SourcesReply = z.object({ items: z.array(Source), next: z.null() }).meta({ id: 'Sources' });

export const SourceReply = Source.extend({
  wiring: z.object({
    sender: z.string(),
    steps: z.array(
      z.object({
        text: z.string(),
        code: z.string().optional().meta({ description: 'To paste as it is, with the key put in.' }),
      }),
    ),
    firstEvening: z.string(),
  }),
}).meta({ id: 'Source' });

export const NewSourceKeyReply = SourceReply.extend({
  key: z.string().meta({ description: 'The new ingest key; it is not shown again.' }),
}).meta({ id: 'NewSourceKey' });

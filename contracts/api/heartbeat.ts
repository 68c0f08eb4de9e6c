/** Sources that have to be heard from: heartbeats, and sources with `quietAfter`. */
import { z } from 'zod';
import { Instant } from './common.js';

const Heartbeat = z.object({
  source: z.string(),
  service: z.string().nullable(),
  expects: z
    .enum(['ping', 'message'])
    .meta({ description: 'ping: a heartbeat. message: a source of alerts with `quietAfter`.' }),
  interval: z
    .string()
    .meta({ description: 'In words.', examples: ['every 1h', '0 3 * * * (Europe/Berlin)'] }),
  state: z.enum(['new', 'up', 'running', 'late', 'failed']).meta({
    description:
      'new: never heard from, so nothing is expected yet. running: a run has started and not ended. late, failed: its alert is open or was resolved by a person.',
  }),
  lastHeardAt: Instant.nullable().meta({ description: 'Last success, or last message.' }),
  lateAt: Instant.nullable().meta({
    description:
      'When its alert triggers unless something is heard before; while it is late, when it triggers again.',
  }),
});

export const HeartbeatsReply = z
  .object({ items: z.array(Heartbeat), next: z.null() })
  .meta({ id: 'Heartbeats' });

export const HeartbeatReply = Heartbeat.extend({
  pings: z
    .array(
      z.object({
        at: Instant,
        kind: z.enum(['success', 'start', 'failure', 'log']),
        exitStatus: z.int().nullable(),
        output: z.string().meta({ description: 'Beginning of what the job sent, secrets redacted.' }),
      }),
    )
    .meta({ description: 'The last 100, newest first.' }),
}).meta({ id: 'Heartbeat' });

/** Status of Tocsin itself: its processes, and the last results of its self-monitoring. */
import { z } from 'zod';
import { Instant } from './common.js';

const Part = z.object({ ok: z.boolean(), text: z.string() });

export const SystemReply = z
  .object({
    ready: z.boolean().meta({ description: 'Database, worker, Temporal and pager are there.' }),
    parts: z.record(z.string(), Part),
    zoneData: z.string().meta({
      description: 'Release of the IANA time zone database that shifts are resolved with, such as 2026f.',
    }),
    zoneChanges: z
      .array(
        z.object({
          zone: z.string().meta({ example: 'Europe/Chisinau' }),
          from: z.string().meta({ description: 'The release before.' }),
          to: z.string(),
          at: Instant.meta({ description: 'When the newer release was first used here.' }),
          move: z.object({ at: z.number(), before: z.number(), after: z.number() }).meta({
            description:
              'The first instant (epoch ms) whose wall clock differs, and the offsets east of UTC in ms.',
          }),
          usedBy: z.array(z.string()).meta({ description: 'Documents that name the zone.' }),
        }),
      )
      .meta({ description: 'Zones in use whose clocks a newer release moved, for 90 days.' }),
    watchdogs: z.array(
      z.object({
        name: z.enum(['canary', 'heartbeat', 'auditor', 'reconcile', 'reply-mail', 'sources']),
        ok: z.boolean(),
        text: z.string(),
        since: Instant.meta({ description: 'Since when `ok` is what it is.' }),
        at: Instant,
        isStale: z.boolean().meta({ description: 'It has been silent for five minutes: it does not watch.' }),
        detail: z.record(z.string(), z.unknown()),
      }),
    ),
  })
  .meta({ id: 'System' });
export type SystemReply = z.output<typeof SystemReply>;

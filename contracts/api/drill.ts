/** Starting and reading drills. */
import { z } from 'zod';
import { actingFor, Instant } from './common.js';

export const AbortDrillBody = z
  .strictObject({ reason: z.string().max(2000).optional(), person: actingFor })
  .meta({ id: 'AbortDrill' });
export type AbortDrillBody = z.output<typeof AbortDrillBody>;

/** `POST /api/v1/drills/:name/start`, 201. */
export const DrillStartedReply = z
  .looseObject({ id: z.string(), incident: z.string() })
  .meta({ id: 'DrillStarted' });

export const DrillRunReply = z
  .looseObject({
    id: z.string(),
    drill: z.string(),
    incident: z.string().nullable(),
    number: z.string().nullable(),
    state: z.enum(['running', 'finished', 'aborted']),
    abortedBy: z.string().nullable(),
    score: z.object({ earned: z.number(), possible: z.number() }).nullable(),
    expectations: z.array(
      z.looseObject({
        text: z.string(),
        weight: z.number(),
        met: z.boolean().nullable(),
        evidence: z.string().nullable(),
      }),
    ),
    startedAt: Instant.optional(),
  })
  .meta({ id: 'DrillRun' });
export type DrillRunReply = z.output<typeof DrillRunReply>;

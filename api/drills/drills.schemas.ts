import { z } from 'zod';
import { longText, slug } from '../../contracts/config/fields.js';

export const AbortBody = z.strictObject({ reason: longText(500).optional() });
export type AbortBody = z.infer<typeof AbortBody>;

const nullable = z.string().nullable();
export const StartedDrillReply = z.object({ id: z.uuid(), incident: z.uuid() });
export const DrillRunReply = z.looseObject({
  id: z.uuid(),
  drill: slug,
  incident: nullable,
  state: z.enum(['running', 'finished', 'aborted']),
  abortedBy: nullable,
  score: z.object({ earned: z.number(), possible: z.number() }).nullable(),
  expectations: z.array(z.object({ text: z.string(), weight: z.number(), met: z.boolean().nullable(), evidence: z.string() })),
});
export const DrillRunsReply = z.object({ items: z.array(DrillRunReply), next: nullable });
export const DrillsReply = z.object({
  items: z.array(
    z.looseObject({ name: z.string(), service: z.string(), schedule: z.looseObject({ cron: z.string(), timezone: z.string() }).nullable() }),
  ),
  next: nullable,
});

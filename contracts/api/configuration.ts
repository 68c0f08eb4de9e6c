/** Options and replies of `POST /api/v1/config/plan` and `/apply`, which take documents (see `../config/documents.ts`). */
import { z } from 'zod';
import { CONFIG_KINDS } from '../../domain/config/specs.js';
import { Instant } from './common.js';

const kind = z.enum(CONFIG_KINDS);
const flag = z.enum(['true', 'false'], { error: 'true or false' }).transform((text) => text === 'true');

export const ApplyQuery = z
  .strictObject({
    prune: flag.optional().meta({ description: 'true: delete what is in force and not in the body.' }),
    plan: z
      .string()
      .max(64)
      .optional()
      .meta({ description: 'Id of a plan; refused when something has changed since.' }),
    file: z.string().max(200).optional().meta({ description: 'Name shown in errors.' }),
  })
  .meta({ id: 'ApplyQuery' });
export type ApplyQuery = z.output<typeof ApplyQuery>;

export const DeleteQuery = z
  .strictObject({
    force: flag
      .optional()
      .meta({ description: 'true: in spite of open incidents and shifts that the refusal names.' }),
  })
  .meta({ id: 'DeleteQuery' });
export type DeleteQuery = z.output<typeof DeleteQuery>;

export const PlanReply = z
  .looseObject({
    plan: z.string(),
    changes: z.array(
      z.object({
        action: z.enum(['create', 'update', 'delete', 'unchanged']),
        kind,
        name: z.string(),
        diff: z.string(),
      }),
    ),
    secrets: z
      .array(z.looseObject({ kind, name: z.string(), key: z.string(), contact: z.string().optional() }))
      .meta({
        description:
          'Ingest keys of sources, signing secrets of webhook contacts and subscriptions made by this apply; shown this once.',
      }),
    warnings: z
      .array(
        z.looseObject({
          kind,
          name: z.string(),
          path: z.string(),
          message: z.string(),
          file: z.string().optional(),
          line: z.int().optional(),
          col: z.int().optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'ConfigurationPlan' });
export type PlanReply = z.output<typeof PlanReply>;

export const DocumentReply = z
  .looseObject({
    apiVersion: z.string(),
    kind,
    metadata: z.looseObject({ name: z.string() }),
    spec: z.record(z.string(), z.unknown()),
    revision: z.int().optional(),
    managedBy: z.string().optional(),
    author: z.string().optional(),
    at: Instant.optional(),
  })
  .meta({ id: 'ConfigurationDocument' });
export type DocumentReply = z.output<typeof DocumentReply>;

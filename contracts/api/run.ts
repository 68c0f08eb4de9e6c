/** Runs of runbooks: starting one, answering its steps, reading it. */
import { z } from 'zod';
import { actingFor, comment, Instant } from './common.js';
import { position } from './incident-commands.js';

const person = actingFor;

/** `POST /api/v1/runbooks/:name/runs`. */
export const StartRunBody = z
  .strictObject({
    incident: z.string().min(1).max(64).meta({ description: 'Id or number (INC-42).' }),
    inputs: z
      .record(z.string().max(63), z.union([z.string().max(4000), z.number(), z.boolean()]))
      .default({}),
    dryRun: z.boolean().default(false).meta({ description: 'Shows what each step would do, does nothing.' }),
    person,
    position,
  })
  .meta({ id: 'StartRun' });
export type StartRunBody = z.output<typeof StartRunBody>;

/** `POST /api/v1/runs/:id/steps/:step/{complete|skip|retry|approve|reject}`. */
export const StepActionBody = z
  .strictObject({
    comment,
    digest: z.string().max(128).optional().meta({
      description:
        'The approval.digest of the step as it was shown; an approval without it, or with another one, is refused.',
    }),
    values: z.record(z.string().max(63), z.union([z.string().max(4000), z.number(), z.boolean()])).optional(),
    person,
  })
  .meta({ id: 'StepAction' });
export type StepActionBody = z.output<typeof StepActionBody>;

/** Skipping a step requires a reason. */
export const SkipStepBody = StepActionBody.refine((body) => (body.comment ?? '').trim() !== '', {
  path: ['comment'],
  error: 'missing: say why the step is skipped',
}).meta({ id: 'SkipStep' });

export const RunReply = z
  .looseObject({
    id: z.string(),
    runbook: z.string(),
    revision: z.int(),
    incident: z.string(),
    state: z.enum(['running', 'waiting', 'succeeded', 'failed', 'cancelled']),
    steps: z.array(
      z.looseObject({
        id: z.string(),
        kind: z.string(),
        state: z.enum([
          'pending',
          'waiting',
          'running',
          'succeeded',
          'failed',
          'skipped',
          'timed_out',
          'undone',
          'cancelled',
        ]),
        attempts: z.int(),
        startedAt: Instant.nullable(),
        finishedAt: Instant.nullable(),
        output: z.unknown(),
        error: z.string().nullable(),
        approval: z.unknown(),
      }),
    ),
  })
  .meta({ id: 'Run' });
export type RunReply = z.output<typeof RunReply>;

import { z } from 'zod';
import type { RunbookStep, StepCommon } from '../../domain/runbook/definition.js';
import { STEP_KINDS, type StepFields } from '../../steps/registry.js';
import { stepSchemas } from '../../steps/schemas.js';
import { duration, line, positiveDuration } from './fields.js';
import { oneKind } from './one-kind.js';
import { stepId } from './step-fields.js';

const jump = (words: readonly string[]) =>
  z.string().refine((text) => words.includes(text) || /^goto:[A-Za-z0-9][\w-]{0,62}$/.test(text), {
    error: `one of ${words.join(', ')} or goto:<step id>`,
  });

const common = {
  id: stepId.optional(),
  name: line().optional(),
  if: line(4096).optional().meta({ description: '${{ CEL }}; false: the step is skipped.' }),
  timeout: positiveDuration.optional(),
  retry: z
    .strictObject({
      attempts: z.int().min(1).max(20).meta({ description: 'All attempts, the first included.' }),
      delay: duration.optional(),
      backoff: z
        .number()
        .min(1)
        .max(10)
        .optional()
        .meta({ description: 'Factor from one delay to the next.' }),
    })
    .optional(),
  'on-failure': jump(['abort', 'continue'])
    .optional()
    .meta({ description: 'abort (default), continue or goto:<step id>.' }),
  'on-timeout': jump(['abort', 'continue', 'escalate'])
    .optional()
    .meta({ description: 'abort (default), continue, escalate or goto:<step id>.' }),
  outputs: z
    .record(z.string().regex(/^[A-Za-z_]\w{0,62}$/, { error: 'letters, digits and "_"' }), line(4096))
    .optional()
    .meta({ description: 'Values by name, from `result`: ${{ result.body.lag }}.' }),
  end: z.boolean().optional().meta({ description: 'The run ends here, as succeeded.' }),
  drill: z.boolean().optional().meta({ description: 'true: has its real effect in a drill too.' }),
};

/** Named in the runbook format, not implemented yet. */
const laterKinds = ['run', 'query', 'parallel', 'runbook', 'undo'];

/** A parsed step; its id may still be missing. */
export type ReadStep = StepFields & Omit<StepCommon, 'id'> & { id?: string | undefined };

// Each schema is typed with its kind's fields (`stepSchemas`); an array made from them has lost which is whose.
const oneStep = STEP_KINDS.map((kind) => z.strictObject({ ...common, [kind]: stepSchemas[kind].fields }));

export const runbookStep = z.union(oneStep, { error: oneKind(STEP_KINDS, laterKinds) }).meta({
  id: 'RunbookStep',
  description: `One step; exactly one of ${STEP_KINDS.join(', ')}.`,
}) as unknown as z.ZodType<ReadStep>;

export const withIds = (steps: readonly ReadStep[]): RunbookStep[] =>
  steps.map((step, index) => ({ ...step, id: step.id ?? `step-${index + 1}` }));

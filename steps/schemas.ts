/** The schemas of the runbook steps, for `contracts/`. Apart from the registry, because workflows load no zod. */
import type { StepProblem, StepSchema } from '../contracts/config/step-fields.js';
import { approveSchema } from './approve/schema.js';
import { checkSchema } from './check/schema.js';
import { httpSchema } from './http/schema.js';
import { manualSchema } from './manual/schema.js';
import { notifySchema } from './notify/schema.js';
import { type FieldsOf, readStep, type StepFields, type StepKind } from './registry.js';
import { switchSchema } from './switch/schema.js';
import { waitSchema } from './wait/schema.js';

export const stepSchemas: { [K in StepKind]: StepSchema<FieldsOf<K>> } = {
  http: httpSchema,
  check: checkSchema,
  notify: notifySchema,
  wait: waitSchema,
  manual: manualSchema,
  approve: approveSchema,
  switch: switchSchema,
};

/** Problems of what the step does, with their path in the step. */
export function problemsOf(step: StepFields, hosts: readonly string[] | undefined): StepProblem[] {
  const { kind, fields } = readStep(step);
  const schema: StepSchema<unknown> = stepSchemas[kind];
  return (schema.problems?.(fields, hosts) ?? []).map(({ path, message }) => ({
    path: [kind, ...path],
    message,
  }));
}

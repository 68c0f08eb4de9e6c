/** Fields that the kinds of runbook steps share (`steps/<kind>/schema.ts`). */
import { z } from 'zod';
import { isWebUrl, line, longText } from './fields.js';

/** `problems`: what no schema says, with the path below the kind's key. `hosts`: the hosts that the runbook may contact. */
export interface StepSchema<Fields> {
  fields: z.ZodType<Fields>;
  problems?(fields: Fields, hosts: readonly string[] | undefined): StepProblem[];
}

export interface StepProblem {
  path: (string | number)[];
  message: string;
}

/** None when `message` is null. */
export const problemAt = (path: StepProblem['path'], message: string | null): StepProblem[] =>
  message === null ? [] : [{ path, message }];

export const stepId = z
  .string()
  .regex(/^[A-Za-z0-9][\w-]{0,62}$/, { error: 'an id of at most 63 letters, digits, "-" and "_"' })
  .meta({ id: 'StepId', description: 'Name of a step; default step-<position>.' });

export const template = (max: number) => longText(max).meta({ description: 'May hold ${{ CEL }}.' });

export const templateUrl = line(4096).refine((text) => text.includes('${{') || isWebUrl(text), {
  error: 'a full http or https address such as https://example.com/path; it may hold ${{ CEL }}',
});

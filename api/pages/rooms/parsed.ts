/** The bodies of forms meet the same schemas as those of scripts. */
import type { z } from 'zod';
import { invalid } from '../../common/problem.js';

/** What the schema makes of the form's fields; refuses with each wrong field in a sentence. */
export function parsed<Schema extends z.ZodType>(schema: Schema, fields: unknown): z.output<Schema> {
  const result = schema.safeParse(fields);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw invalid(
    `${errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')}.`,
    errors,
  );
}

import { z } from 'zod';
import { line } from '../../contracts/config/fields.js';
import { problemAt, type StepSchema, templateUrl } from '../../contracts/config/step-fields.js';
import { urlProblem } from '../../domain/runbook/url-template.js';
import type { HttpCall } from './step.js';

const fields = z
  .strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']).default('GET'),
    url: templateUrl,
    headers: z
      .record(
        z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,200}$/, { error: 'the name of an HTTP header' }),
        line(8000),
      )
      .optional(),
    body: z.json().optional().meta({ description: 'Text, or a value that is sent as JSON.' }),
    expect: z
      .array(z.int().min(100).max(599))
      .min(1)
      .max(50)
      .optional()
      .meta({ description: 'Accepted statuses; default any 2xx.' }),
  })
  .meta({ id: 'HttpCall', description: 'One HTTP request.' });

export const httpSchema: StepSchema<HttpCall> = {
  fields,
  problems: (call, hosts) => [
    ...problemAt(['url'], urlProblem(call.url, hosts)),
    ...problemAt(['body'], bodyProblem(call)),
  ],
};

/** Reason why this body may not contain values, or null. */
function bodyProblem({ body }: HttpCall): string | null {
  return typeof body === 'string' && body.includes('${{') && /^\s*[[{]/.test(body)
    ? 'is JSON written as text, where a value could add fields: write it as a value (a map or a list), not in quotes'
    : null;
}

import { z } from 'zod';
import type { RunbookStep } from '../../domain/runbook/definition.js';
import { checkOf } from './checks.js';
import { duration, isWebUrl, line, longText, positiveDuration } from './fields.js';
import { oneKind } from './one-kind.js';

export const stepId = z
  .string()
  .regex(/^[A-Za-z0-9][\w-]{0,62}$/, { error: 'an id of at most 63 letters, digits, "-" and "_"' })
  .meta({ id: 'StepId', description: 'Name of a step; default step-<position>.' });

const template = (max: number) => longText(max).meta({ description: 'May hold ${{ CEL }}.' });

const templateUrl = line(4096).refine((text) => text.includes('${{') || isWebUrl(text), {
  error: 'a full http or https address such as https://example.com/path; it may hold ${{ CEL }}',
});

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

const http = z
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

const approve = z
  .strictObject({
    from: z
      .array(
        z
          .string()
          .regex(
            /^(?:role:(?:commander|scribe|admin|manager|responder)|(?:team|person):[a-z0-9][a-z0-9-]{0,62})$/,
            {
              error: 'role:commander, role:manager, team:<name> or person:<name>',
            },
          ),
      )
      .min(1)
      .max(20),
    min: z.int().min(1).max(10).default(1).meta({ description: 'How many must approve.' }),
    message: template(2000),
    'two-person': z.boolean().default(false).meta({
      description: 'true: neither who started the run nor who wrote this revision of it may approve.',
    }),
  })
  .meta({ id: 'ApprovalAsk' });

const notify = z
  .strictObject({
    to: z
      .string()
      .regex(/^(?:responders|commander|(?:team|person):[a-z0-9][a-z0-9-]{0,62})$/, {
        error: 'responders, commander, team:<name> or person:<name>',
      })
      .default('responders'),
    text: template(4000),
  })
  .meta({ id: 'NotifyAsk' });

const switchCase = z
  .strictObject({ if: line(4096).meta({ description: '${{ CEL }}.' }), goto: stepId })
  .meta({ id: 'SwitchCase' });

const check = checkOf(templateUrl, line(4096)).meta({
  id: 'RunbookCheck',
  description: 'A read-only check; texts may hold ${{ CEL }}.',
});

export const STEP_KINDS = ['http', 'check', 'notify', 'wait', 'manual', 'approve', 'switch'] as const;
/** Named in the runbook format, not implemented yet. */
const laterKinds = ['run', 'query', 'parallel', 'runbook', 'undo'];

export const runbookStep = z
  .union(
    [
      z.strictObject({ ...common, http }),
      z.strictObject({ ...common, check }),
      z.strictObject({ ...common, notify }),
      z.strictObject({ ...common, wait: positiveDuration }),
      z.strictObject({ ...common, manual: template(8000) }),
      z.strictObject({ ...common, approve }),
      z.strictObject({ ...common, switch: z.array(switchCase).min(1).max(20) }),
    ],
    { error: oneKind(STEP_KINDS, laterKinds) },
  )
  .meta({ id: 'RunbookStep', description: `One step; exactly one of ${STEP_KINDS.join(', ')}.` });

/** A parsed step; its id may still be missing. */
export type ReadStep = z.output<typeof runbookStep>;

export const withIds = (steps: readonly ReadStep[]): RunbookStep[] =>
  steps.map((step, index) => ({ ...step, id: step.id ?? `step-${index + 1}` }));

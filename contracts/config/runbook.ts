import { z } from 'zod';
import type { RunbookSpec } from '../../domain/runbook/definition.js';
import { parseHostEntry } from '../../domain/runbook/hosts.js';
import { displayName, line, longText, positiveDuration, priority, slugs } from './fields.js';
import { runbookProblems } from './runbook-rules.js';
import { runbookStep, withIds } from './runbook-step.js';

const input = z
  .strictObject({
    type: z.enum(['string', 'boolean', 'number', 'choice']),
    required: z.boolean().optional(),
    default: z
      .union([z.string(), z.number(), z.boolean()])
      .optional()
      .meta({ description: 'A text may hold ${{ CEL }} over alert and incident.' }),
    options: z.array(line()).min(1).max(100).optional().meta({ description: 'Of a choice.' }),
    description: longText(2000).optional(),
  })
  .meta({ id: 'RunbookInput' });

const on = z
  .strictObject({
    service: slugs().optional().meta({ description: 'Offered and started for incidents of these services.' }),
    priority: z.array(priority).min(1).max(5).optional(),
    manual: z.boolean().optional().meta({ description: 'People may start it by hand; default true.' }),
  })
  .check((ctx) => {
    const { service, priority: only } = ctx.value;
    if (only === undefined || (service?.length ?? 0) > 0) return;
    const message =
      'narrows `service` and starts nothing alone: name the services, or name the runbook in a ResponsePlan';
    ctx.issues.push({ code: 'custom', path: ['priority'], message, input: only });
  })
  .meta({ id: 'RunbookTrigger' });

export const runbookSpec = z
  .strictObject({
    displayName: displayName(),
    on: on.default({}),
    inputs: z
      .record(
        z
          .string()
          .regex(/^[A-Za-z_]\w{0,62}$/, { error: 'letters, digits and "_", not beginning with a digit' }),
        input,
      )
      .default({}),
    hosts: z
      .array(
        line(260).refine((text) => parseHostEntry(text) !== null, {
          error: 'a host such as db.internal, *.db.internal or db.internal:8443',
        }),
      )
      .min(1)
      .max(100)
      .optional()
      .meta({
        description:
          'The only hosts its requests and checks go to: db.internal, *.db.internal, db.internal:8443. Needed where an expression is part of a host.',
      }),
    timeout: positiveDuration.default('1h'),
    steps: z
      .array(runbookStep)
      .max(100)
      .meta({ description: 'Top to bottom, unless a goto, a switch or on-… says otherwise.' }),
  })
  .transform((spec): RunbookSpec => ({ ...spec, steps: withIds(spec.steps) }))
  .check((ctx) => {
    for (const { path, message } of runbookProblems(ctx.value))
      ctx.issues.push({ code: 'custom', path, message, input: ctx.value });
  })
  .meta({
    id: 'RunbookSpec',
    description: 'A versioned procedure, pinned when a run starts.',
  }) satisfies z.ZodType<RunbookSpec>;

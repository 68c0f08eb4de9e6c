import { z } from 'zod';
import type { PolicySpec } from '../../domain/escalation/policy-spec.js';
import { variablesOf } from '../../domain/rules/variables.js';
import { condition } from './condition.js';
import { displayName, positiveDuration, slug } from './fields.js';
import { countOf, targets } from './targets.js';

/** Each target is looked up when a step pages, and a page must not wait for the look-ups. */
const TARGETS_MAX = 500;

const step = z
  .strictObject({
    notify: targets.min(1),
    wait: positiveDuration.meta({ description: 'How long this step may go unanswered before the next one.' }),
    ack: z
      .enum(['any', 'everyone'])
      .optional()
      .meta({ description: 'everyone: each of its people must acknowledge.' }),
    if: condition(variablesOf.policy)
      .optional()
      .meta({
        description: 'CEL over `incident` and `time`; a step whose condition is false is skipped.',
        examples: ["incident.priority in ['P1', 'P2']", 'time.inHours', 'incident.alertsOpen >= 5'],
      }),
  })
  .meta({ id: 'PolicyStep' });

/** Number of targets in all steps; each member of a round robin counts. */
export const targetsIn = ({ steps }: Pick<PolicySpec, 'steps'>): number =>
  steps.reduce((sum, { notify }) => sum + countOf(notify), 0);

export const policySpec = z
  .strictObject({
    displayName: displayName(),
    team: slug,
    repeat: z
      .int()
      .min(0)
      .max(9)
      .default(0)
      .meta({ description: 'Further passes through all steps after the first.' }),
    steps: z.array(step).min(1).max(20),
  })
  .check((ctx) => {
    const { steps } = ctx.value;
    const named = targetsIn(ctx.value);
    if (named <= TARGETS_MAX) return;
    const message = `at most ${TARGETS_MAX} targets in all steps, got ${named}`;
    ctx.issues.push({ code: 'custom', path: ['steps'], message, input: steps });
  })
  .meta({
    id: 'EscalationPolicySpec',
    description: 'Who is paged, in which order, and how long each step waits.',
  }) satisfies z.ZodType<PolicySpec>;

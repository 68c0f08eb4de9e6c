import { z } from 'zod';
import type {
  PriorityRule,
  PriorityRulesSpec,
  SupportHours,
} from '../../domain/priority/priority-rules-spec.js';
import { variablesOf } from '../../domain/rules/variables.js';
import { condition } from './condition.js';
import { clockTime, days, line, priority } from './fields.js';
import { oneKind } from './one-kind.js';

const common = {
  if: condition(variablesOf.priority).meta({
    description: 'CEL over `alert`, `service`, `time` and `priority`, the priority by severity and tier.',
    examples: ["alert.labels.env != 'prod'", 'time.outsideSupport && service.tier >= 3'],
  }),
  because: line(200).meta({ description: 'Shown to people as the reason.' }),
};
const levels = z.int().min(1).max(4);

const rule = z
  .union(
    [
      z.strictObject({ ...common, set: priority }),
      z.strictObject({ ...common, raise: levels }),
      z.strictObject({ ...common, lower: levels }),
    ],
    { error: oneKind(['set', 'raise', 'lower']) },
  )
  .meta({ id: 'PriorityRule' }) satisfies z.ZodType<PriorityRule>;

export const priorityRulesSpec = z.strictObject({ rules: z.array(rule).max(100) }).meta({
  id: 'PriorityRulesSpec',
  description:
    'Rules for the priority of alerts and declared incidents. The first matching `set` decides alone; else matching `raise` and `lower` add up.',
}) satisfies z.ZodType<PriorityRulesSpec>;

export const supportHours = z
  .union([z.enum(['always', 'business']), z.strictObject({ days, from: clockTime, to: clockTime })], {
    error: 'always, business (the calendar of its team), or {days, from, to}',
  })
  .meta({
    id: 'SupportHours',
    description: 'Hours with support, in the zone of its team.',
  }) satisfies z.ZodType<SupportHours>;

/** Back-test of priority rules: `POST /api/v1/priority-rules/backtest`. */
import { z } from 'zod';
import { priority } from '../config/fields.js';
import { priorityRulesSpec } from '../config/priority-rules.js';
import { Instant } from './common.js';

export const PriorityBacktestBody = z
  .strictObject({
    rules: priorityRulesSpec.shape.rules.meta({
      description: 'Rules that are not applied, as in PriorityRules.',
      examples: [[{ if: "alert.labels.env != 'prod'", set: 'P5', because: 'not production' }]],
    }),
    from: Instant.optional().meta({ description: 'Default: 90 days before `to`.' }),
    to: Instant.optional().meta({ description: 'Default: now.' }),
    limit: z.int().min(1).max(500).default(200).meta({ description: 'Incidents to look at, newest first.' }),
    cursor: z.string().max(64).optional(),
  })
  .meta({ id: 'BacktestPriorityRules' });
export type PriorityBacktestBody = z.output<typeof PriorityBacktestBody>;

export const PriorityBacktestReply = z
  .object({
    from: Instant,
    to: Instant,
    incidents: z.int(),
    declared: z.int().meta({ description: 'Declared by people: no alert gave them their priority.' }),
    changed: z.int(),
    items: z.array(
      z.looseObject({
        id: z.uuid(),
        number: z.string(),
        title: z.string(),
        service: z.string().nullable(),
        at: Instant,
        recorded: priority.meta({ description: 'On the record; a person may have set it.' }),
        before: priority.meta({ description: 'By the rules in force.' }),
        after: priority.meta({ description: 'By the rules of the body.' }),
        because: z.array(z.string()),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'PriorityBacktest' });

import { z } from 'zod';
import type { PolicyTarget } from '../../domain/config/specs.js';
import { oneKind } from './one-kind.js';
import { slug } from './fields.js';

/** Who a step of a policy notifies. */
export const target = z
  .union(
    [
      z.strictObject({ person: slug }),
      z.strictObject({
        schedule: slug,
        slot: z
          .enum(['now', 'next', 'previous'])
          .optional()
          .meta({ description: 'Whose turn; default now.' }),
      }),
      z.strictObject({ team: slug }),
      z.strictObject({ policy: slug.meta({ description: "Another team's policy: its first step." }) }),
    ],
    { error: oneKind(['person', 'schedule', 'team', 'policy']) },
  )
  .meta({
    id: 'Target',
    description: 'A person, a schedule, a team or a policy.',
  }) satisfies z.ZodType<PolicyTarget>;

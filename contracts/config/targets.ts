import { z } from 'zod';
import type { PolicyTarget } from '../../domain/config/specs.js';
import { oneKind } from './one-kind.js';
import { slug } from './fields.js';

const person = z.strictObject({ person: slug });
const schedule = z.strictObject({
  schedule: slug,
  slot: z.enum(['now', 'next', 'previous']).optional().meta({ description: 'Whose turn; default now.' }),
});
const team = z.strictObject({ team: slug });
const policy = z.strictObject({
  policy: slug.meta({ description: "Another team's policy: its first step." }),
});

const single = ['person', 'schedule', 'team', 'policy'] as const;

/** A member of a round robin. One inside another would have no turn of its own. */
const turn = z.union([person, schedule, team, policy], { error: oneKind(single) });

/** `{team, roundRobin: true}` has two keys and is still one choice. */
const ofOneKind = oneKind([...single, 'roundRobin']);
const targetError: typeof ofOneKind = (issue) => {
  const { input } = issue;
  const isTeamInTurn =
    typeof input === 'object' && input !== null && 'team' in input && 'roundRobin' in input;
  return isTeamInTurn ? undefined : ofOneKind(issue);
};

/** Who a step of a policy notifies. */
export const target = z
  .union(
    [
      person,
      schedule,
      team,
      policy,
      z.strictObject({
        team: slug,
        roundRobin: z.boolean().meta({ description: 'true: one member of the team, in turn.' }),
      }),
      z.strictObject({
        roundRobin: z
          .array(turn)
          .min(1)
          .max(50)
          .meta({ description: 'Each page of this step goes to the next one of the list.' }),
      }),
    ],
    { error: targetError },
  )
  .meta({
    id: 'Target',
    description: 'A person, a schedule, a team, a policy, or a list of them that takes turns.',
  }) satisfies z.ZodType<PolicyTarget>;

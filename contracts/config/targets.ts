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

/** As people write it, and the same for what is written in two ways. */
function nameOf(target: PolicyTarget): string {
  if ('schedule' in target) return `schedule ${target.schedule} (${target.slot ?? 'now'})`;
  if ('person' in target) return `person ${target.person}`;
  if ('policy' in target) return `policy ${target.policy}`;
  if (!('team' in target)) return `round robin of ${target.roundRobin.map(nameOf).join(', ')}`;
  return 'roundRobin' in target && target.roundRobin
    ? `round robin of team ${target.team}`
    : `team ${target.team}`;
}

/** A second time it reaches nobody else, and a list that takes turns would come back to the first. */
function eachOnce(ctx: z.core.ParsePayload<PolicyTarget[]>): void {
  const seen = new Set<string>();
  for (const [index, target] of ctx.value.entries()) {
    const name = nameOf(target);
    if (seen.has(name))
      ctx.issues.push({
        code: 'custom',
        path: [index],
        message: `${name} is in this list already`,
        input: target,
      });
    seen.add(name);
  }
}

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
          .check(eachOnce)
          .meta({ description: 'Each page of this step goes to the next one of the list.' }),
      }),
    ],
    { error: targetError },
  )
  .meta({
    id: 'Target',
    description: 'A person, a schedule, a team, a policy, or a list of them that takes turns.',
  }) satisfies z.ZodType<PolicyTarget>;

/** In the order of naming; the same person may well be reached by two of them. */
export const targets = z.array(target).max(50).check(eachOnce);

/** Members of lists that take turns count each. */
export const countOf = (list: readonly PolicyTarget[]): number =>
  list.reduce(
    (sum, one) => sum + ('roundRobin' in one && Array.isArray(one.roundRobin) ? one.roundRobin.length : 1),
    0,
  );

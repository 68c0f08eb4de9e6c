import { z } from 'zod';
import type { PolicyTarget } from '../../domain/escalation/policy-spec.js';
import { oneKind } from './one-kind.js';
import { slug } from './fields.js';

const person = z.strictObject({ person: slug });
const schedule = z.strictObject({
  schedule: slug,
  slot: z.enum(['now', 'next', 'previous']).optional().meta({ description: 'Which shift; default now.' }),
});
const team = z.strictObject({ team: slug });
const policy = z.strictObject({
  policy: slug.meta({ description: "Another team's policy: its first step." }),
});

const single = ['person', 'schedule', 'team', 'policy'] as const;

/** A member of a round robin. A round robin inside another would have no position of its own. */
const turn = z.union([person, schedule, team, policy], { error: oneKind(single) });

/** `{team, roundRobin: true}` has two keys and is still one choice. */
const ofOneKind = oneKind([...single, 'roundRobin']);
const targetError: typeof ofOneKind = (issue) => {
  const { input } = issue;
  const isTeamInRotation =
    typeof input === 'object' && input !== null && 'team' in input && 'roundRobin' in input;
  return isTeamInRotation ? undefined : ofOneKind(issue);
};

/** The target as shown to people; equal for a target written in two ways. */
function nameOf(target: PolicyTarget): string {
  if ('schedule' in target) return `schedule ${target.schedule} (${target.slot ?? 'now'})`;
  if ('person' in target) return `person ${target.person}`;
  if ('policy' in target) return `policy ${target.policy}`;
  if (!('team' in target)) return `round robin of ${target.roundRobin.map(nameOf).join(', ')}`;
  return 'roundRobin' in target && target.roundRobin
    ? `round robin of team ${target.team}`
    : `team ${target.team}`;
}

/** A repeated target reaches no further person, and a round robin would return to the first. */
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

/** Target of a policy step. */
const target = z
  .union(
    [
      person,
      schedule,
      team,
      policy,
      z.strictObject({
        team: slug,
        roundRobin: z.boolean().meta({ description: 'true: each page goes to the next member of the team.' }),
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
    description: 'A person, a schedule, a team, a policy, or a round robin of them.',
  }) satisfies z.ZodType<PolicyTarget>;

/** In order of naming; two targets may reach the same person. */
export const targets = z.array(target).max(50).check(eachOnce);

/** Number of targets; each member of a round robin counts. */
export const countOf = (list: readonly PolicyTarget[]): number =>
  list.reduce(
    (sum, one) => sum + ('roundRobin' in one && Array.isArray(one.roundRobin) ? one.roundRobin.length : 1),
    0,
  );

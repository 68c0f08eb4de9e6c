import { z } from 'zod';
import { PRIORITIES, type Priority } from '../../domain/config/terms.js';
import {
  type PostmortemPlan,
  type PriorityPlan,
  type ResponsePlanSpec,
} from '../../domain/response/response-plan-spec.js';
import { defaultPlan, defaultResolve } from '../../domain/response/default-plan.js';
import {
  alwaysHasOwnReview,
  hasOwnReview,
  quorumOf,
  REVIEW_KINDS,
} from '../../domain/postmortem/review-kind.js';
import {
  displayName,
  dueIn,
  duration,
  longText,
  positiveDuration,
  slug,
  slugs,
  staleAfter,
} from './fields.js';
import { afterSpec } from './after.js';
import { bridge } from './bridge.js';
import { groupSpec } from './group.js';

const quorum = z
  .strictObject({ participants: z.int().min(0).max(20), stakeholders: z.int().min(0).max(20) })
  .refine(({ participants, stakeholders }) => participants + stakeholders > 0, {
    error: 'at least one reviewer: a post-mortem that nobody reviews is not reviewed',
  })
  .meta({ id: 'Quorum', description: 'How many of each group must approve; the author never counts.' });

const postmortem = z
  .strictObject({
    kind: z.enum(REVIEW_KINDS).meta({
      description:
        'full or light: a post-mortem of its own. digest: reviewed with others in the digest of its team; refused for P1 and P2. none: closed when it is resolved; needs a reason, and is refused for P1 and P2.',
    }),
    quorum,
    due: dueIn,
    reason: longText(500).meta({
      description: 'With kind none: why nobody reviews these incidents; on the record of each.',
    }),
  })
  .partial()
  .check((ctx) => {
    const { kind, quorum: asked, due, reason } = ctx.value;
    const wrong = (path: string, message: string): void =>
      void ctx.issues.push({ code: 'custom', path: [path], message, input: ctx.value });
    if (kind === 'none' && reason === undefined)
      wrong('reason', 'missing: with kind none, say why nobody reviews these incidents');
    if (kind !== 'none' && reason !== undefined) wrong('reason', 'only with kind none');
    if (kind === 'none' && asked !== undefined)
      wrong('quorum', 'with kind none nobody reviews; leave it out');
    if (kind === 'none' && due !== undefined) wrong('due', 'with kind none nothing is due; leave it out');
  })
  .meta({ id: 'PostmortemPlan', description: 'What is left out is as built in for the priority.' });

const updates = z.strictObject({ every: positiveDuration.meta({ examples: ['30m'] }) }).meta({
  id: 'UpdatesPlan',
  description:
    'While somebody has the incident, its commander owes an update (a note) this often; a missing one is reminded of, then managers and admins are told.',
});

const priorityPlan = z
  .strictObject({
    disciplines: z
      .array(
        z
          .strictObject({ discipline: slug, required: z.boolean().default(false) })
          .meta({ id: 'EngagedDiscipline' }),
      )
      .max(20)
      .optional()
      .meta({ description: 'Teams to engage besides the owner; `required`: must acknowledge by itself.' }),
    ackTimeout: duration
      .optional()
      .meta({ description: 'An acknowledgement without progress expires; 0s: never.' }),
    settle: duration.optional().meta({ description: 'An alert that resolves within it pages nobody.' }),
    bridge: bridge.optional(),
    runbooks: slugs().optional().meta({ description: 'Started at triage.' }),
    updates: updates.optional(),
    roles: slugs(10)
      .optional()
      .meta({
        description:
          'Roles asked for on the incident until somebody has them, such as commander, scribe, communications.',
        examples: [['commander', 'scribe', 'communications']],
      }),
    postmortem: postmortem.optional(),
    stakeholders: slugs().optional().meta({ description: 'People requested to review the post-mortem.' }),
    urgency: z
      .enum(['high', 'low'])
      .optional()
      .meta({ description: 'Which personal rules apply; built in: P1 and P2 high.' }),
  })
  .meta({ id: 'PriorityPlan', description: 'What is left out is as built in for the priority.' });

const withKind = (priority: Priority, said: Partial<PostmortemPlan>): PostmortemPlan => {
  const builtIn = defaultPlan(priority).postmortem;
  const due = said.due ?? builtIn.due;
  // A plan that only sets a kind gets its quorum too, and means it however the incident ended.
  if (said.kind === undefined) return { ...builtIn, quorum: said.quorum ?? builtIn.quorum, due };
  const quorumOfKind = quorumOf(said.kind, builtIn);
  const { kind, quorum: asked = quorumOfKind, reason } = said;
  return { kind, quorum: asked, due, ...(reason === undefined ? {} : { reason }) };
};

const resolvePlan = z
  .strictObject({
    quiet: duration.default(defaultResolve.quiet).meta({
      description:
        'When all alerts have closed while a person has the incident, it resolves by itself after this time without activity.',
    }),
    stillFiring: duration.default(defaultResolve.stillFiring).meta({
      description:
        'When a person resolved an incident whose alerts still fire, repeats are only counted for this time before one reopens it.',
    }),
  })
  .meta({ id: 'ResolvePlan' });

export const responsePlanSpec = z
  .strictObject({
    displayName: displayName(),
    resolve: resolvePlan.optional(),
    group: groupSpec.optional(),
    after: afterSpec.optional(),
    staleAfter: staleAfter.optional().meta({
      description:
        'An alert of which no message came for this long is closed as stale, unless its source says another time. Not those of watches and heartbeats.',
    }),
    priorities: z
      .strictObject({
        P1: priorityPlan,
        P2: priorityPlan,
        P3: priorityPlan,
        P4: priorityPlan,
        P5: priorityPlan,
      })
      .partial()
      .check((ctx) => {
        for (const priority of PRIORITIES) {
          const kind = ctx.value[priority]?.postmortem?.kind;
          if (kind === undefined || hasOwnReview(kind) || !alwaysHasOwnReview(priority)) continue;
          ctx.issues.push({
            code: 'custom',
            path: [priority, 'postmortem', 'kind'],
            message: `full or light: every ${priority} has a post-mortem of its own`,
            input: ctx.value,
          });
        }
      })
      .meta({ id: 'PrioritiesPlan' }),
  })
  .transform(({ priorities, ...whole }): ResponsePlanSpec => {
    const filled: Partial<Record<Priority, Partial<PriorityPlan>>> = {};
    for (const priority of PRIORITIES) {
      const said = priorities[priority];
      if (said === undefined) continue;
      const { postmortem: own, ...rest } = said;
      filled[priority] = own === undefined ? rest : { ...rest, postmortem: withKind(priority, own) };
    }
    return { ...whole, priorities: filled };
  })
  .meta({
    id: 'ResponsePlanSpec',
    description: 'What each priority sets in motion; a priority left out is as built in.',
  }) satisfies z.ZodType<ResponsePlanSpec>;

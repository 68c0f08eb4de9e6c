/** Simulation and back-test of a policy: `POST /api/v1/policies/:name/simulate` and `…/backtest`. */
import { z } from 'zod';
import { duration, line, priority, severity, slug } from '../config/fields.js';
import { policySpec, targetsIn } from '../config/policy.js';
import { Instant } from './common.js';

/** Everybody with read access may propose a policy, and its look-ups delay other requests. */
const LOOK_UPS_MAX = 1000;

const proposed = policySpec
  .check((ctx) => {
    const { steps, repeat } = ctx.value;
    const lookUps = targetsIn({ steps }) * (repeat + 1);
    if (lookUps <= LOOK_UPS_MAX) return;
    const message = `at most ${LOOK_UPS_MAX} targets in all passes can be tried out, got ${lookUps}`;
    ctx.issues.push({ code: 'custom', path: ['steps'], message, input: steps });
  })
  .optional()
  .meta({ description: 'A policy that is not applied; default the one in force under this name.' });

const answer = z.strictObject({
  person: slug,
  after: duration.meta({
    description: "From this person's first unanswered message to the acknowledgement.",
  }),
});

export const SimulateBody = z
  .strictObject({
    at: Instant.meta({ description: 'When the incident is triggered.' }),
    priority,
    service: slug.optional(),
    answers: z.array(answer).max(100).default([]),
    policy: proposed,
    severity: severity.default('critical'),
    title: line(1024).default('Simulated incident'),
    alerts: z.int().min(0).max(1000).default(0).meta({
      description:
        'Open alerts, for conditions. 0: declared by a person, so that nothing waits for it to settle.',
    }),
  })
  .meta({ id: 'SimulatePolicy' });
export type SimulateBody = z.output<typeof SimulateBody>;

const stepRef = { at: Instant, cycle: z.int(), step: z.int() };

/** `cycle` counts from 0, `step` from 1; the step after the last one is the catch-all. */
export const SimulateReply = z
  .looseObject({
    pages: z.array(
      z.looseObject({
        ...stepRef,
        person: z.string(),
        contact: z.string(),
        channel: z.string(),
        because: z.string(),
      }),
    ),
    skipped: z.array(z.looseObject({ ...stepRef, reason: z.string() })),
    unreached: z
      .array(z.looseObject({ ...stepRef, reason: z.string() }))
      .meta({ description: 'Targets that reach nobody, of steps that reach somebody else.' }),
    unsendable: z
      .array(
        z.looseObject({ person: z.string(), contact: z.string(), channel: z.string(), reason: z.string() }),
      )
      .meta({
        description:
          'Contacts of people it would page whose channel has no account here: nothing is sent there.',
      }),
    acknowledged: z
      .object({ by: z.string(), at: Instant })
      .nullable()
      .meta({ description: 'The answer that stopped the escalation; null when nothing did.' }),
    answers: z.array(z.object({ person: z.string(), at: Instant })),
    exhausted: z.boolean(),
  })
  .meta({ id: 'Simulation' });
export type SimulateReply = z.output<typeof SimulateReply>;

/** Maximum number of incidents compared in one reply. */
export const BACKTEST_MAX = 500;

export const BacktestBody = z
  .strictObject({
    policy: proposed,
    service: slug.optional().meta({ description: 'Only its incidents; default all of the team.' }),
    from: Instant.optional().meta({ description: 'Default 90 days before `to`.' }),
    to: Instant.optional().meta({ description: 'Default now.' }),
    limit: z.int().min(1).max(BACKTEST_MAX).default(100),
    cursor: z.string().min(1).max(200).optional().meta({ description: '`next` of the answer before.' }),
    drills: z.boolean().default(false).meta({ description: 'Drills too.' }),
    assume: z
      .strictObject({
        answers: z
          .array(
            z.strictObject({
              person: slug,
              after: z.union([duration, z.literal('never')], {
                error: 'a duration such as 5m, or never',
              }),
            }),
          )
          .max(100)
          .default([]),
      })
      .prefault({})
      .meta({ description: 'How people react, instead of what the record shows of them.' }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    error: 'an instant after from',
  })
  .meta({ id: 'BacktestPolicy' });
export type BacktestBody = z.output<typeof BacktestBody>;

const measured = z.looseObject({
  secondsToAck: z.number().nullable(),
  acknowledgedBy: z.string().nullable(),
  pages: z.int(),
  people: z.array(z.looseObject({ person: z.string(), pages: z.int(), woken: z.boolean() })),
  nightWakes: z.int().meta({
    description: 'People with a message between 22:00 and 07:00 in their zone; once a night each.',
  }),
  exhausted: z.boolean(),
});

const total = z.looseObject({
  incidents: z.int(),
  acknowledged: z.int(),
  secondsToAck: z.object({ median: z.number(), p90: z.number() }).nullable(),
  pages: z.int(),
  nightWakes: z.int(),
  peopleWoken: z.int(),
  exhausted: z.int(),
  people: z.array(z.looseObject({ person: z.string(), pages: z.int(), nightWakes: z.int() })),
});

/** `before` comes from the record, `after` from the replay. Newest first. */
export const BacktestReply = z
  .looseObject({
    policy: z.string(),
    from: Instant,
    to: Instant,
    totals: z.object({ before: total, after: total }),
    items: z.array(
      z.looseObject({
        id: z.string(),
        number: z.string(),
        title: z.string(),
        service: z.string().nullable(),
        priority: z.string(),
        at: Instant,
        drill: z.boolean(),
        before: measured,
        after: measured,
        assumptions: z.array(
          z.looseObject({
            person: z.string(),
            seconds: z.number().nullable().meta({ description: 'null: does not answer.' }),
            because: z.enum(['assumed', 'observed', 'silent', 'own-median', 'team-median', 'unknown']),
          }),
        ),
        byHand: z.array(z.string()).meta({
          description: 'What people did then that a policy does not; the comparison is rougher for it.',
        }),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'Backtest' });
export type BacktestReply = z.output<typeof BacktestReply>;

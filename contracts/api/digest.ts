/** `/api/v1/reviews` and `/api/v1/digests`: what is due for review, and the decisions about a digest. */
import { z } from 'zod';
import { DIGEST_TEXT_LIMIT } from '../../domain/postmortem/digest.js';
import { longText, priority, slug } from '../config/fields.js';
import { Instant } from './common.js';

export const ReviewsQuery = z
  .strictObject({
    mine: z
      .union([z.literal(''), z.literal('true'), z.literal('false')])
      .optional()
      .meta({ description: 'Only what the signed-in person has to do.' }),
  })
  .meta({ id: 'ReviewsQuery' });
export type ReviewsQuery = z.output<typeof ReviewsQuery>;

export const ReviewsReply = z
  .object({
    items: z.array(
      z.looseObject({
        kind: z.enum(['postmortem', 'digest']),
        id: z.string().meta({ description: 'INC-42 or D-3.' }),
        title: z.string(),
        team: z.string(),
        status: z.string(),
        people: z
          .array(z.string())
          .meta({ description: 'Whose step it is; empty: the managers are reminded.' }),
        since: Instant,
        due: Instant.nullable(),
        isOverdue: z.boolean(),
      }),
    ),
    waiting: z
      .array(
        z.looseObject({ team: z.string(), incidents: z.int(), since: Instant, opensAt: Instant.nullable() }),
      )
      .meta({ description: 'What the next digest of a team will list, and when it opens; null: at once.' }),
    unreviewed: z
      .array(z.looseObject({ plan: z.string(), reason: z.string(), incidents: z.int() }))
      .meta({ description: 'Closed without review in the last 30 days, because a response plan says so.' }),
  })
  .meta({ id: 'Reviews' });
export type ReviewsReply = z.output<typeof ReviewsReply>;

export const DigestReply = z
  .looseObject({
    id: z.string().meta({ description: 'D-3' }),
    team: z.string(),
    status: z.enum(['open', 'approving', 'approved', 'empty']).meta({
      description: 'approving: approved, and its incidents are being closed; empty: nothing was left on it.',
    }),
    openedAt: Instant,
    due: Instant,
    isOverdue: z.boolean(),
    reviewer: z.string().nullable(),
    because: z.string().meta({ description: 'Why this reviewer, or why nobody may review it.' }),
    isEscalated: z.boolean().meta({ description: 'Nobody of the team may review it.' }),
    sentence: z.string().nullable(),
    decidedBy: z.string().nullable(),
    decidedAt: Instant.nullable(),
    upTo: z
      .int()
      .meta({ description: 'Number of the last incident on the list; send it with the approval.' }),
    items: z.array(
      z.looseObject({
        n: z.int(),
        number: z.string(),
        title: z.string(),
        service: z.string().nullable(),
        priority,
        openedAt: Instant,
        resolvedAt: Instant,
        minutes: z.int(),
        alerts: z.int(),
        ended: z.enum(['by itself', 'after a quiet time', 'by a person', 'by a program']),
        endedBy: z.string().nullable(),
        woken: z.array(z.looseObject({ person: z.string(), at: Instant })),
        workedBy: z.array(z.string()),
        state: z.enum(['listed', 'approved', 'pulled_out', 'left_out']),
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Digest' });
export type DigestReply = z.output<typeof DigestReply>;

export const DigestBody = z
  .strictObject({ team: slug.meta({ description: 'The team whose small incidents are reviewed now.' }) })
  .meta({ id: 'DigestRequest', example: { team: 'checkout' } });
export type DigestBody = z.output<typeof DigestBody>;

export const DigestDecision = z
  .discriminatedUnion('decision', [
    z.strictObject({
      decision: z.literal('approve'),
      sentence: longText(DIGEST_TEXT_LIMIT).meta({ description: 'One sentence about these incidents.' }),
      upTo: z
        .int()
        .min(1)
        .meta({ description: '`upTo` of the list that was read: what came later is left out.' }),
    }),
    z.strictObject({
      decision: z.literal('pull_out'),
      incidents: z.array(z.string().max(40)).min(1).max(200).meta({ description: 'INC-42, …' }),
      kind: z.enum(['full', 'light']).default('light'),
      reason: longText(DIGEST_TEXT_LIMIT),
    }),
  ])
  .meta({ id: 'DigestDecision' });
export type DigestDecision = z.output<typeof DigestDecision>;

export const PullOutBody = z
  .strictObject({ kind: z.enum(['full', 'light']).default('light'), reason: longText(DIGEST_TEXT_LIMIT) })
  .meta({ id: 'PullOut' });
export type PullOutBody = z.output<typeof PullOutBody>;

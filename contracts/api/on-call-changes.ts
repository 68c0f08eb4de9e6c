/** Overrides, swaps, gaps, previews, calendar feeds. */
import { z } from 'zod';
import { line, slug } from '../config/fields.js';
import { scheduleSpec } from '../config/schedule.js';
import { actingFor, Instant } from './common.js';

const span = z.strictObject({ from: Instant, to: Instant });
const reason = line(500).optional();
const flag = z.enum(['true', 'false'], { error: 'true or false' }).transform((text) => text === 'true');

export const AllQuery = z
  .strictObject({
    all: flag.optional().meta({ description: 'true: also what is over, cancelled or answered.' }),
  })
  .meta({ id: 'OnCallListQuery' });
export type AllQuery = z.output<typeof AllQuery>;

export const OverrideBody = z
  .strictObject({
    person: slug.meta({ description: 'Who stands in.' }),
    from: Instant,
    to: Instant,
    reason,
  })
  .meta({ id: 'NewOverride' });
export type OverrideBody = z.output<typeof OverrideBody>;

export const OverrideReply = z
  .looseObject({
    id: z.uuid(),
    schedule: z.string(),
    person: z.string(),
    from: Instant,
    to: Instant,
    reason: z.string().nullable(),
    swap: z.uuid().nullable().meta({ description: 'The request that it came from.' }),
    createdBy: z.string(),
    createdAt: Instant,
    cancelledBy: z.string().nullable(),
    cancelledAt: Instant.nullable().meta({ description: 'In force until then if that is before `to`.' }),
  })
  .meta({ id: 'Override' });
export const OverridesReply = z.object({ items: z.array(OverrideReply), next: z.null() });

export const SwapBody = z
  .strictObject({
    shift: span.meta({ description: 'What is given away: all of a shift, or a part of it.' }),
    to: slug
      .nullish()
      .meta({ description: 'The person requested; left out, anybody in the schedule may accept.' }),
    inReturn: span.nullish().meta({ description: 'The shift that the requester takes in return.' }),
    reason,
    person: actingFor,
  })
  .meta({ id: 'NewSwap' });
export type SwapBody = z.output<typeof SwapBody>;

export const SwapAnswerBody = z.strictObject({ person: actingFor }).meta({ id: 'SwapAnswer' });
export type SwapAnswerBody = z.output<typeof SwapAnswerBody>;

const spanReply = z.object({ from: Instant, to: Instant });

export const SwapReply = z
  .looseObject({
    id: z.uuid(),
    schedule: z.string(),
    by: z.string(),
    to: z.string().nullable(),
    shift: spanReply,
    inReturn: spanReply.nullable(),
    reason: z.string().nullable(),
    state: z.enum(['open', 'accepted', 'declined', 'withdrawn']),
    createdBy: z.string(),
    createdAt: Instant,
    decidedBy: z.string().nullable(),
    decidedAt: Instant.nullable(),
  })
  .meta({ id: 'Swap' });
export const SwapsReply = z.object({ items: z.array(SwapReply), next: z.null() });

/** Query strings are text. */
const daysAhead = (most: number) =>
  z
    .string()
    .regex(/^\d{1,4}$/, { error: `a whole number from 1 to ${most}` })
    .transform(Number)
    .pipe(z.int().min(1).max(most))
    .default(14);

export const GapsQuery = z
  .strictObject({ days: daysAhead(90), team: slug.optional() })
  .meta({ id: 'GapsQuery' });
export type GapsQuery = z.output<typeof GapsQuery>;

export const GapsReply = z
  .object({
    items: z.array(
      z.looseObject({
        team: z.string(),
        schedule: z.string(),
        kind: z.enum(['nobody', 'unreachable', 'broken']),
        from: Instant,
        to: Instant,
        person: z.string().nullable(),
        text: z.string(),
      }),
    ),
    from: Instant,
    to: Instant,
    next: z.null(),
  })
  .meta({ id: 'OnCallGaps' });

export const PreviewBody = z
  .strictObject({
    spec: scheduleSpec,
    days: z.int().min(1).max(366).default(60),
  })
  .meta({ id: 'SchedulePreview' });
export type PreviewBody = z.output<typeof PreviewBody>;

export const PreviewReply = z
  .looseObject({
    effectiveFrom: Instant,
    from: Instant,
    to: Instant,
    changes: z
      .array(
        z.object({ from: Instant, to: Instant, before: z.string().nullable(), after: z.string().nullable() }),
      )
      .meta({ description: 'Who changes when, against the schedule as it is; null is nobody.' }),
    gaps: z.array(spanReply).meta({ description: 'Nobody is on call, after the change.' }),
    problems: z.array(
      z.looseObject({ severity: z.enum(['error', 'warning']), path: z.string(), message: z.string() }),
    ),
  })
  .meta({ id: 'SchedulePreviewReply' });

export const FeedBody = z
  .strictObject({ person: slug.optional(), schedule: slug.optional() })
  .refine(({ person, schedule }) => (person === undefined) !== (schedule === undefined), {
    path: ['person'],
    error: 'name a person or a schedule, one of the two',
  })
  .meta({ id: 'NewCalendarFeed' });
export type FeedBody = z.output<typeof FeedBody>;

const FeedReply = z
  .looseObject({
    id: z.uuid(),
    person: z.string().nullable(),
    schedule: z.string().nullable(),
    owner: z.string().nullable(),
    createdBy: z.string(),
    createdAt: Instant,
  })
  .meta({ id: 'CalendarFeed' });
export const FeedsReply = z.object({ items: z.array(FeedReply), next: z.null() });
export const NewFeedReply = FeedReply.extend({
  url: z.string().meta({ description: 'Secret, shown this once.' }),
}).meta({ id: 'MadeCalendarFeed' });

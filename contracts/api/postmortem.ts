/** `…/postmortem`: sections, submitting, reviews, waiver. */
import { z } from 'zod';
import { REVIEW_KINDS } from '../../domain/postmortem/review-kind.js';
import { SECTION_LIMIT_BYTES, type SectionName, SECTIONS } from '../../domain/postmortem/sections.js';
import { longText, slug } from '../config/fields.js';
import { actingFor, Instant } from './common.js';

const utf8 = new TextEncoder();
const section = z.string().refine((text) => utf8.encode(text).length <= SECTION_LIMIT_BYTES, {
  error: `at most ${SECTION_LIMIT_BYTES / 1024} KiB of text`,
});

const sectionShape = Object.fromEntries(SECTIONS.map((name) => [name, section])) as Record<
  SectionName,
  typeof section
>;

const person = actingFor;

/** `PUT …/postmortem`: the sections named are replaced, the others stay. Markdown. */
export const SectionsBody = z
  .strictObject({
    sections: z
      .strictObject(sectionShape)
      .partial()
      .refine((sections) => Object.keys(sections).length > 0, {
        error: `at least one of ${SECTIONS.join(', ')}`,
      }),
    revision: z
      .int()
      .min(0)
      .optional()
      .meta({ description: 'The revision that was read; an older one is refused.' }),
    person,
  })
  .meta({ id: 'PostmortemSections' });
export type SectionsBody = z.output<typeof SectionsBody>;

export const SubmitBody = z.strictObject({ person }).meta({ id: 'SubmitPostmortem' });
export type SubmitBody = z.output<typeof SubmitBody>;

export const WaiveBody = z
  .strictObject({
    reason: longText(2000).meta({ description: 'Why it may be closed without; on record for good.' }),
    person,
  })
  .meta({ id: 'WaivePostmortem' });
export type WaiveBody = z.output<typeof WaiveBody>;

export const ReviewBody = z
  .strictObject({
    decision: z.enum(['approve', 'request_changes', 'delegate', 'decline']),
    comment: z.string().max(4000).optional(),
    to: slug.optional().meta({ description: 'With delegate: who reviews instead.' }),
    revision: z
      .int()
      .min(0)
      .optional()
      .meta({ description: 'The revision that was read; a decision about an older text is refused.' }),
    person,
  })
  .check((ctx) => {
    const { decision, comment = '', to } = ctx.value;
    const wrong = (path: string, message: string): void =>
      void ctx.issues.push({ code: 'custom', path: [path], message, input: ctx.value });
    if (decision === 'request_changes' && comment.trim() === '')
      wrong('comment', 'missing: say what should change');
    if (decision === 'delegate' && to === undefined)
      wrong('to', 'missing: name the person who reviews instead');
    if (decision !== 'delegate' && to !== undefined) wrong('to', 'only with the decision delegate');
  })
  .meta({ id: 'ReviewDecision' });
export type ReviewBody = z.output<typeof ReviewBody>;

const sectionName = z.enum(SECTIONS);
const quorum = z.object({ participants: z.int(), stakeholders: z.int() });

export const PostmortemReply = z
  .looseObject({
    status: z.enum(['none', 'draft', 'in_review', 'changes_requested', 'approved', 'waived']),
    kind: z.enum(REVIEW_KINDS).meta({
      description:
        'full or light: a post-mortem of its own; digest: reviewed in the digest of its team; none: its plan has no review.',
    }),
    sections: z.looseObject(
      Object.fromEntries(SECTIONS.map((name) => [name, z.string()])) as Record<SectionName, z.ZodString>,
    ),
    timeline: z.array(
      z.looseObject({ seq: z.int(), at: Instant, kind: z.string(), actor: z.string(), text: z.string() }),
    ),
    notificationsIssued: z.array(
      z.looseObject({ person: z.string(), channel: z.string(), at: Instant, reached: z.boolean() }),
    ),
    missing: z.array(sectionName).meta({ description: 'Required sections that are not written yet.' }),
    reviews: z.array(
      z.looseObject({
        person: z.string(),
        group: z.enum(['participants', 'stakeholders']),
        decision: z.enum(['pending', 'approve', 'request_changes', 'delegate', 'decline']),
        comment: z.string().nullable(),
        at: Instant.nullable(),
      }),
    ),
    quorum,
    due: Instant.nullable(),
    actionItems: z.array(z.looseObject({})),
  })
  .meta({ id: 'Postmortem' });
export type PostmortemReply = z.output<typeof PostmortemReply>;

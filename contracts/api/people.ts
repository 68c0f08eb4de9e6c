/** People, their contacts and their readiness issues. */
import { z } from 'zod';
import { READINESS_ISSUE_KINDS } from '../../domain/people/readiness-issues.js';
import { isAppriseKey } from '../../domain/delivery/channel-traits.js';
import { contact, rules } from '../config/person.js';
import { slug } from '../config/fields.js';
import { Instant } from './common.js';

/**
 * A person's own contact. The Apprise API would open an Apprise URL from inside the network, so such URLs are permitted only in
 * documents, which admins write.
 */
export const ContactBody = contact.check((ctx) => {
  const { channel, address } = ctx.value;
  if (channel === 'apprise' && !isAppriseKey(address))
    ctx.issues.push({
      code: 'custom',
      path: ['address'],
      message:
        'the key of a configuration stored in the Apprise API; an Apprise URL is given by an admin, in the document of the person',
      input: address,
    });
});
export type ContactBody = z.output<typeof ContactBody>;

export const CodeBody = z
  .strictObject({ code: z.string().regex(/^\d{6}$/, { error: 'the six digits that were sent' }) })
  .meta({ id: 'ContactCode' });
export type CodeBody = z.output<typeof CodeBody>;

export const RulesBody = rules;
export type RulesBody = z.output<typeof RulesBody>;

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: 'a time of day such as 22:00' });

export const QuietHoursBody = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay.meta({ description: 'Earlier than `from`: on the next day.' }),
  })
  .refine(({ from, to }) => from !== to, { error: 'a time other than `from`', path: ['to'] })
  .meta({
    id: 'QuietHours',
    description: 'On the wall clock of the person’s zone. High urgency never waits for their end.',
  });
export type QuietHoursBody = z.output<typeof QuietHoursBody>;

export const TestPageBody = z
  .strictObject({ contact: slug.optional().meta({ description: 'Left out: every usable contact.' }) })
  .meta({ id: 'TestPage' });
export type TestPageBody = z.output<typeof TestPageBody>;

export const ContactReply = z.looseObject({
  name: z.string(),
  channel: z.string(),
  address: z.string().meta({ description: 'Masked for everybody but the person and admins.' }),
  source: z.enum(['own', 'document']),
  verified: z.boolean(),
  deadAt: Instant.nullable(),
  deadReason: z.string().nullable(),
  lastReachedAt: Instant.nullable(),
  test: z
    .looseObject({
      state: z.enum(['planned', 'sending', 'accepted', 'failed']),
      held: z.string().nullable(),
      error: z.string().nullable(),
      requestedAt: Instant,
      sentAt: Instant.nullable(),
      confirmedAt: Instant.nullable(),
    })
    .nullable()
    .meta({ description: 'The last test page.' }),
});

export type ContactReply = z.output<typeof ContactReply>;

const ReadinessIssueReply = z.object({
  kind: z.enum(READINESS_ISSUE_KINDS),
  contact: z.string().nullable(),
  text: z.string(),
});

export const PersonReply = z
  .looseObject({
    name: z.string(),
    displayName: z.string(),
    role: z.string(),
    timezone: z.string(),
    contacts: z.array(ContactReply),
    rules: z.object({
      high: z.array(z.object({ after: z.string(), contact: z.string() })),
      low: z.array(z.object({ after: z.string(), contact: z.string() })),
    }),
    rulesFrom: z.enum(['own', 'document']),
    quietHours: z.object({ from: z.string(), to: z.string() }).nullable(),
    issues: z.array(ReadinessIssueReply),
    leftOut: z
      .array(z.object({ contact: z.string(), reason: z.string() }))
      .optional()
      .meta({ description: 'After a test of all contacts: those that were sent nothing this time.' }),
  })
  .meta({ id: 'Person' });
export type PersonReply = z.output<typeof PersonReply>;

export const ErasedReply = z.object({
  name: z.string().meta({ description: 'Stays in the record, and is given to nobody again.' }),
  displayName: z.string().meta({ description: 'What is shown for it from now on.' }),
});

export const PeopleReply = z.object({ items: z.array(PersonReply), next: z.null() });
export const ReadinessIssuesReply = z.object({ items: z.array(ReadinessIssueReply), next: z.null() });

export const ReachabilityReply = z
  .object({
    items: z.array(
      z.looseObject({
        name: z.string(),
        displayName: z.string(),
        onCall: z.boolean().meta({ description: 'Now, in any schedule.' }),
        lastReachedAt: Instant.nullable().meta({ description: 'By any of their contacts.' }),
        issues: z.array(ReadinessIssueReply),
      }),
    ),
    next: z.null(),
  })
  .meta({ id: 'Reachability' });

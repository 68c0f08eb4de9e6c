/** Maintenance windows: bodies and replies. */
import { z } from 'zod';
import { durationUpTo, line, slug, timezone } from '../config/fields.js';
import { actingFor, Instant } from './common.js';
import { page } from './query.js';

const wallClock = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?$/, { error: 'a time such as 2026-12-01T02:00' });

export const WindowBody = z
  .strictObject({
    services: z
      .array(slug)
      .min(1)
      .max(50)
      .meta({ description: 'These, and every service that depends on them.' }),
    from: z
      .union([Instant, wallClock], {
        error: 'an instant such as 2026-12-01T01:00:00Z; with a rule also a time in its zone',
      })
      .optional()
      .meta({ description: 'Begin; of a rule the first time, as an instant or on the clock of its zone.' }),
    to: Instant.optional(),
    rrule: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .meta({ description: 'RFC 5545, such as FREQ=WEEKLY;BYDAY=SU;BYHOUR=2.' }),
    duration: durationUpTo('30d')
      .refine((text) => !/^0+[a-z]$/.test(text), { error: 'longer than nothing' })
      .optional(),
    timezone: timezone.optional(),
    reviewBy: Instant.optional().meta({
      description:
        'For a rule without an end: when its owner looks at it again, a year ahead at the most. It ends then.',
    }),
    reason: line(500),
    person: actingFor,
  })
  .superRefine((body, context) => {
    const missing = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (body.rrule === undefined) {
      if (body.from === undefined || !Instant.safeParse(body.from).success)
        missing('from', 'missing: an instant such as 2026-12-01T01:00:00Z');
      if (body.to === undefined) missing('to', 'missing: the end, or a rule ("rrule")');
      for (const field of ['duration', 'timezone', 'reviewBy'] as const)
        if (body[field] !== undefined) missing(field, 'goes with a rule ("rrule") only');
      return;
    }
    if (body.to !== undefined) missing('to', 'a rule has a "duration" instead');
    if (body.duration === undefined) missing('duration', 'missing: how long each lasts, such as 2h');
    if (body.timezone === undefined) missing('timezone', 'missing: an IANA zone such as Europe/Berlin');
  })
  .meta({ id: 'NewMaintenanceWindow' });
export type WindowBody = z.output<typeof WindowBody>;

export const WindowsQuery = z
  .strictObject({
    ...page,
    service: slug.optional().meta({ description: 'Those in force now that mute this service.' }),
  })
  .meta({ id: 'MaintenanceQuery' });
export type WindowsQuery = z.output<typeof WindowsQuery>;

const span = z.object({ from: Instant, to: Instant });

export const WindowReply = z
  .looseObject({
    id: z.uuid(),
    state: z.enum(['in_force', 'coming', 'over']),
    services: z.array(z.string()),
    current: span.nullable().meta({ description: 'The present or next time.' }),
    spans: z.array(span),
    owner: z.string().nullable(),
    reason: z.string(),
    held: z.int(),
    createdBy: z.string(),
    createdAt: Instant,
    endedBy: z.string().nullable(),
    endedAt: Instant.nullable(),
  })
  .meta({ id: 'MaintenanceWindow' });
export const WindowsReply = z.object({ items: z.array(WindowReply), next: z.string().nullable() });

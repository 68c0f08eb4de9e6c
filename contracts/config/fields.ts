/** Fields shared by configuration kinds: names, times, durations. Messages describe the valid form. */
import { z } from 'zod';
import { type Duration, durationMs } from '../../domain/shared/duration.js';
import { PRIORITIES, type Severity, type Weekday } from '../../domain/config/terms.js';

export const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, {
    error: 'a name of at most 63 characters a-z, 0-9 and "-", such as checkout-db',
  })
  .meta({
    id: 'Slug',
    description: 'A name: at most 63 characters a-z, 0-9 and "-"; the identity of a document.',
  });

/** One line of text for people. */
export const line = (max = 200) =>
  z
    .string()
    .min(1, { error: 'a text, not an empty one' })
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, { error: 'one line, without control characters' })
    .refine((text) => text.trim() !== '', { error: 'a text, not a blank one' });

/** What people are shown instead of the document's name. */
export const displayName = () =>
  line(100).optional().meta({ description: 'What people are shown; default its name.' });

export const longText = (max: number) => z.string().min(1, { error: 'a text, not an empty one' }).max(max);

const durationPattern = /^\d{1,6}(s|m|h|d)$/;

/** A text that is not a duration is reported by the pattern. */
const isUpTo = (text: string, most: Duration): boolean =>
  !durationPattern.test(text) || durationMs(text) <= durationMs(most);

export const isAtLeast = (text: string, least: Duration): boolean =>
  !durationPattern.test(text) || durationMs(text) >= durationMs(least);

/** Small enough that sums of durations are valid dates. */
const LONGEST_WAIT = '30d';
export const LONGEST_SPAN = '366d';

/** For durations other than the wait of a person or an incident, which is a `duration`. */
export const durationUpTo = (most: Duration) =>
  z
    .string()
    .regex(durationPattern, { error: 'a duration such as 30s, 5m, 2h or 1d' })
    .refine((text) => isUpTo(text, most), { error: `a duration of at most ${most}` });

export const duration = durationUpTo(LONGEST_WAIT).meta({
  id: 'Duration',
  description: `Elapsed time: 30s, 5m, 2h, 1d; at most ${LONGEST_WAIT}.`,
  examples: ['30s', '5m', '2h', '1d'],
});

export const positiveDuration = duration.refine((text) => !/^0+[a-z]$/.test(text), {
  error: 'a duration longer than nothing, such as 5m',
});

/** Senders repeat what fires every few minutes at the most often. */
export const staleAfter = duration.refine((text) => isAtLeast(text, '5m'), {
  error: 'a duration of at least 5m, longer than the time between two repeats',
});

export const dueIn = z
  .string()
  .regex(/^\d{1,3}bd$|^\d{1,6}(s|m|h|d)$/, {
    error: 'business days such as 3bd, or a duration such as 5d or 36h',
  })
  .refine((text) => isUpTo(text, LONGEST_SPAN), { error: `a duration of at most ${LONGEST_SPAN}` })
  .meta({
    id: 'DueIn',
    description: 'Business days of the team (3bd) or elapsed time (36h).',
    examples: ['3bd', '36h'],
  });

export const timezone = z
  .string()
  .max(64)
  .refine(isZone, { error: 'an IANA time zone such as Europe/Berlin or UTC' })
  .meta({ id: 'TimeZone', description: 'IANA time zone.', examples: ['Europe/Berlin', 'UTC'] });

function isZone(name: string): boolean {
  // A bare offset such as +02:00 is not a zone: it has no daylight saving, and schedules would drift.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Five fields of a crontab line in a zone. */
export const cronSchedule = z
  .strictObject({
    cron: line(120).regex(/^(?:[\w*,/#-]+ +){4}[\w*,/#-]+$/, {
      error: 'five cron fields such as "0 14 * * tue#1"',
    }),
    timezone,
  })
  .meta({ id: 'CronSchedule', description: 'minute hour day month weekday.' });

export const clockTime = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: 'a time of day such as "09:00" (00:00 to 24:00)' })
  .meta({ id: 'ClockTime', description: 'Wall-clock time, 00:00 to 24:00. Quote it.', examples: ['09:00'] });

export const date = z
  .string()
  .refine(isDate, { error: 'a date such as "2026-01-05"' })
  .meta({ id: 'Date', description: 'A calendar date.', examples: ['2026-01-05'] });

export function isDate(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

const weekdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const weekday = z.enum(weekdays).meta({ id: 'Weekday', description: 'mon to sun.' });
export const days = z.array(weekday).min(1).max(7);

export const priority = z.enum(PRIORITIES).meta({ id: 'Priority', description: 'P1 (highest) to P5.' });

const severities: readonly Severity[] = ['critical', 'error', 'warning', 'info'];
export const severity = z
  .enum(severities)
  .meta({ id: 'Severity', description: 'What a sender says of an alert.' });

export const webUrl = z
  .string()
  .max(2048)
  .refine(isWebUrl, {
    error: 'a full http or https address such as https://example.com/path, without user or password',
  })
  .meta({ id: 'WebUrl', description: 'http or https address without user and password.', format: 'uri' });

export function isWebUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password, hostname } = new URL(text);
  return username === '' && password === '' && hostname !== '';
}

export const email = z.email({ error: 'an email address such as ana@example.com' }).max(254);

/** A list of unique names. */
export const slugs = (max = 200) =>
  z
    .array(slug)
    .max(max)
    .check((ctx) => {
      ctx.value.forEach((name, index) => {
        if (ctx.value.indexOf(name) !== index)
          ctx.issues.push({
            code: 'custom',
            path: [index],
            message: `"${name}" is in this list already`,
            input: name,
          });
      });
    });

/**
 * When a maintenance window is in force: once, or by an RRULE (RFC 5545) in an IANA zone. The rule is read on the wall clock and its
 * times become instants as shifts do: a start in a skipped hour is the first instant after the gap, in a doubled hour the first
 * occurrence (docs/domain.md, On-call schedules). The duration is elapsed time.
 */
import { RRuleTemporal } from 'rrule-temporal';
import { durationMs } from '../shared/duration.js';
import { type Refused, refuse } from './decide-override.js';
import { fromInstant } from './revisions.js';
import { ScheduleError } from './schedule.js';
import { DAY, HOUR, instantMs, isoOf, wallClock } from './wall-clock.js';

export interface WindowSpan {
  /** ISO 8601. */
  from: string;
  to: string;
}

export type WindowTimes =
  | { kind: 'once'; from: string; to: string }
  | {
      kind: 'rule';
      rrule: string;
      /** How long each lasts, such as `2h`. */
      duration: string;
      timezone: string;
      /** Wall clock or instant of the first; null: now, and the rule names the hour. */
      from: string | null;
      /** ISO 8601; null: the rule has to end by itself. */
      reviewBy: string | null;
    };

const MAX_SPAN_DAYS = 30;
const MAX_AHEAD_DAYS = 366;
const MAX_OCCURRENCES = 400;
const MAX_STEPS = 800;

/** Each part that a rule may have, as it may be written. A part that would be ignored is refused. */
const day = '(?:[+-]?[1-5]?(?:MO|TU|WE|TH|FR|SA|SU))';
const number = (pattern: string): string => `(?:${pattern})`;
const list = (item: string): RegExp => new RegExp(`^${item}(?:,${item}){0,30}$`);
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: /^(?:DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^[1-9]\d{0,2}$/,
  COUNT: /^[1-9]\d{0,2}$/,
  UNTIL: /^\d{8}(?:T\d{6}Z?)?$/,
  BYDAY: list(day),
  BYMONTH: list(number('1[0-2]|[1-9]')),
  BYMONTHDAY: list(number('-?(?:3[01]|[12]\\d|[1-9])')),
  BYSETPOS: list(number('-?[1-9]\\d?')),
  BYHOUR: list(number('2[0-3]|1\\d|0?\\d')),
  BYMINUTE: list(number('[0-5]?\\d')),
  WKST: /^(?:MO|TU|WE|TH|FR|SA|SU)$/,
};

/** The times of the window, oldest first, without overlaps; those that are over are left out. */
export function windowSpans(
  times: WindowTimes,
  now: string,
): { kind: 'accepted'; spans: WindowSpan[] } | Refused {
  const found =
    times.kind === 'once'
      ? [{ from: instantMs(times.from, 'from'), to: instantMs(times.to, 'to') }]
      : ruleSpans(times, now);
  if ('kind' in found) return found;
  const present = instantMs(now, 'now');
  if (times.kind === 'once' && found.some(({ from, to }) => to <= from))
    return refuse('ends_before_it_begins', 'It would end before it begins.', 'to');
  const spans = merged(found.filter(({ to }) => to > present));
  const [first] = spans;
  if (first === undefined)
    return refuse(
      'never_in_force',
      times.kind === 'once'
        ? `It ended ${times.to}, and it is ${now}.`
        : 'The rule has no time to come before its end.',
      times.kind === 'once' ? 'to' : 'rrule',
    );
  if (spans.some(({ from, to }) => to - Math.max(from, present) > MAX_SPAN_DAYS * DAY))
    return refuse(
      'too_long',
      `It would be in force for more than ${MAX_SPAN_DAYS} days without a break; alerts of such services are better changed at their source.`,
      times.kind === 'once' ? 'to' : 'duration',
    );
  if (first.from - present > MAX_AHEAD_DAYS * DAY)
    return refuse('too_far_ahead', 'It begins in more than a year; is the year right?', 'from');
  return { kind: 'accepted', spans: spans.map(({ from, to }) => ({ from: isoOf(from), to: isoOf(to) })) };
}

interface Span {
  from: number;
  to: number;
}

function ruleSpans(times: Extract<WindowTimes, { kind: 'rule' }>, now: string): Span[] | Refused {
  const { duration, timezone, reviewBy } = times;
  const present = instantMs(now, 'now');
  const parts = partsOf(times.rrule);
  if ('kind' in parts) return parts;
  const isEnding = parts.has('UNTIL') || parts.has('COUNT');
  if (!isEnding && reviewBy === null)
    return refuse(
      'never_ends',
      'This rule never ends: add UNTIL or COUNT, or say in "reviewBy" when its owner looks at it again (a year ahead at the most); it ends then.',
      'reviewBy',
    );
  const horizon = reviewBy === null ? present + MAX_AHEAD_DAYS * DAY : instantMs(reviewBy, 'reviewBy');
  if (horizon <= present || horizon > present + MAX_AHEAD_DAYS * DAY)
    return refuse('review_date', 'The review is due within a year from now.', 'reviewBy');
  if (times.from === null && !parts.has('BYHOUR'))
    return refuse(
      'no_hour',
      'Say when the first begins ("from", such as 2026-12-01T02:00), or the hour in the rule (BYHOUR).',
      'from',
    );
  try {
    const start = times.from === null ? present : fromInstant(times.from, timezone);
    const clock = wallClock(timezone, start - DAY, horizon + 2 * DAY);
    const until = parts.get('UNTIL');
    if (until !== undefined)
      parts.set(
        'UNTIL',
        wallUntil(until, (instant) => clock.wallAt(instant)),
      );
    const length = durationMs(duration);
    const walls = wallTimes(parts, clock.wallAt(start), horizon + DAY);
    if (walls.length > MAX_OCCURRENCES)
      return refuse(
        'costs_too_much',
        `The rule has more than ${MAX_OCCURRENCES} times until then; ${MAX_OCCURRENCES} are the most: repeat it less often, or end it earlier.`,
        'rrule',
      );
    return walls
      .map((wall) => clock.startAt(wall))
      .filter((from) => from >= start && from < horizon)
      .map((from) => ({ from, to: from + length }));
  } catch (error) {
    if (error instanceof ScheduleError) return refuse('wrong_time', error.message, 'from');
    const why = error instanceof Error ? error.message : String(error);
    return /exceeded/.test(why)
      ? refuse(
          'costs_too_much',
          `More than ${MAX_STEPS} steps find no end of this rule: does a day such as 30 February exist?`,
          'rrule',
        )
      : refuse('wrong_rule', `The rule cannot be read: ${why}`, 'rrule');
  }
}

function partsOf(rrule: string): Map<string, string> | Refused {
  const parts = new Map<string, string>();
  for (const part of rrule
    .trim()
    .replace(/^RRULE:/i, '')
    .toUpperCase()
    .split(';')) {
    const [name = '', value = ''] = part.split('=', 2);
    const wanted = PARTS[name];
    if (wanted === undefined || parts.has(name) || !wanted.test(value))
      return refuse(
        'wrong_rule',
        `"${part.slice(0, 60)}" is no part of a rule such as FREQ=WEEKLY;BYDAY=SU;BYHOUR=2. Known: ${Object.keys(PARTS).join(', ')}; FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.`,
        'rrule',
      );
    parts.set(name, value);
  }
  if (!parts.has('FREQ'))
    return refuse('wrong_rule', 'The rule has no FREQ, such as FREQ=WEEKLY;BYDAY=SU.', 'rrule');
  // A rule of hours alone is meant on the hour.
  if (parts.has('BYHOUR') && !parts.has('BYMINUTE')) parts.set('BYMINUTE', '0');
  return parts;
}

/** The rule is read on the wall clock, and so is its end: an instant becomes the wall clock of the zone. */
function wallUntil(until: string, wallAt: (instant: number) => number): string {
  if (!until.includes('T')) return `${until}T235959Z`;
  if (!until.endsWith('Z')) return `${until}Z`;
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(until) ?? [];
  return compact(wallAt(Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`)));
}

const compact = (wall: number): string => `${isoOf(wall).slice(0, 19).replace(/[-:]/g, '')}Z`;

function wallTimes(parts: ReadonlyMap<string, string>, start: number, end: number): number[] {
  const first = Math.floor(start / 60_000) * 60_000;
  const rule = new RRuleTemporal({
    rruleString: `DTSTART;TZID=UTC:${compact(first).slice(0, -1)}\nRRULE:${[...parts].map(([name, value]) => `${name}=${value}`).join(';')}`,
    maxIterations: MAX_STEPS,
    maxCandidateEvaluations: 20 * MAX_STEPS,
    cache: false,
  });
  const walls: number[] = [];
  rule.all(({ epochMilliseconds }) => {
    if (epochMilliseconds > end || walls.length > MAX_OCCURRENCES) return false;
    walls.push(epochMilliseconds);
    return true;
  });
  return walls;
}

function merged(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else all.push({ ...span });
  }
  return all;
}

/** A quarter of its length before the end of a window of one time, a week before the last time of a rule. */
export function windowReminderAt(spans: readonly WindowSpan[], isRule: boolean, now: string): string | null {
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined) return null;
  const end = Date.parse(last.to);
  const before = isRule ? 7 * DAY : Math.min((end - Date.parse(first.from)) / 4, DAY);
  const at = end - before;
  return before < HOUR / 12 || at <= Date.parse(now) ? null : isoOf(at);
}

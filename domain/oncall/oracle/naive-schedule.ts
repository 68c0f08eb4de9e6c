/**
 * Test oracle that works differently from the resolver, without zone arithmetic: it reads the wall clock minute by minute from
 * the zone library and hands over the first time the clock shows or jumps past the handover time, opens a window when its opening
 * time is first shown, and closes it when its closing time is last reached. Slow and deliberately simple.
 */
import moment from 'moment-timezone';
import type { Restriction, Rotation, ScheduleLayer } from '../schedule-spec.js';
import type { ScheduleWithOverrides } from '../schedule.js';

const MINUTE_MS = 60_000;
const DAY_MIN = 24 * 60;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const WEEK_TEXTS = Array.from({ length: 7 * DAY_MIN }, (_, minute) => {
  const date = new Date(minute * MINUTE_MS);
  return `${WEEKDAYS[date.getUTCDay()]} ${date.toISOString().slice(11, 16)}`;
});
/** Margin that contains windows opened before the range, closings after it, and zones that jump by a day. */
const LOOK_AROUND_MIN = 4 * DAY_MIN;

/** `person source` for every minute from `from` to `to` (epoch milliseconds, whole minutes); null = no one. */
export function naiveShifts(schedule: ScheduleWithOverrides, from: number, to: number): (string | null)[] {
  const lead = LOOK_AROUND_MIN;
  const wall = wallMinutes(schedule.timezone, from - lead * MINUTE_MS, to + lead * MINUTE_MS);
  const onCall: (string | null)[] = wall.map(() => null);
  for (const layer of schedule.layers) {
    const open = openMinutes(layer.restrictions, wall);
    const persons = rotationPersons(layer, wall);
    for (const [minute, person] of persons.entries()) {
      if (person !== null && open[minute] === true) onCall[minute] = `${person} ${layer.name}`;
    }
  }
  const answer = onCall.slice(lead, lead + (to - from) / MINUTE_MS);
  for (const override of schedule.overrides ?? []) {
    for (const minute of answer.keys()) {
      const at = from + minute * MINUTE_MS;
      if (at >= Date.parse(override.from) && at < Date.parse(override.to))
        answer[minute] = `${override.person} override`;
    }
  }
  return answer;
}

const remembered = new Map<string, number[]>();

/** The wall clock in every minute, as minutes since 1970-01-01 00:00 local time. */
function wallMinutes(timezone: string, from: number, to: number): number[] {
  const key = `${timezone} ${from} ${to}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const read = wallReader(timezone);
  const wall: number[] = [];
  for (let at = from; at < to; at += MINUTE_MS) wall.push(read(at) / MINUTE_MS);
  remembered.clear();
  remembered.set(key, wall);
  return wall;
}

/**
 * Reads a zone's clock by querying the zone library at every instant: epoch milliseconds → the local time encoded as if it were
 * UTC.
 */
export function wallReader(timezone: string): (at: number) => number {
  const zone = moment.tz.zone(timezone);
  if (zone === null) throw new Error(`no zone ${timezone}`);
  return (at) => at - zone.utcOffset(at) * MINUTE_MS;
}

/** The person of the rotation, ignoring restrictions, in every minute of `wall`. */
function rotationPersons(layer: ScheduleLayer, wall: readonly number[]): (string | null)[] {
  const { rotation } = layer;
  const isSingle = skipsEmpty(layer) && rotation.unit !== 'hour';
  const { start, handovers } = handoverMinutes(
    isSingle ? { ...rotation, every: 1 } : rotation,
    wall.at(-1) ?? 0,
  );
  const turns = turnsOf(layer, start, handovers);
  let period = -1;
  return wall.map((shown) => {
    if (period === -1 && shown >= start) period = 0;
    while (period >= 0 && shown >= (handovers[period] ?? Infinity)) period++;
    return period === -1 ? null : (layer.people[(turns[period] ?? 0) % layer.people.length] ?? null);
  });
}

/** The start and every handover after it, found by walking the wall clock minute by minute from the start. */
function handoverMinutes(rotation: Rotation, until: number): { start: number; handovers: number[] } {
  const [date = '', clock] = rotation.start.split('T');
  const handover = rotation.unit === 'hour' ? undefined : rotation.handover;
  const startClock = clock ?? handover?.slice(-5) ?? '00:00';
  const start = Date.parse(`${date}T${startClock}Z`) / MINUTE_MS;
  const shows = (minute: number): boolean => handover === undefined || textOf(minute).endsWith(handover);
  let anchor = start;
  while (!shows(anchor)) anchor--;
  const step = rotation.every * { hour: 60, day: DAY_MIN, week: 7 * DAY_MIN }[rotation.unit];
  const handovers: number[] = [];
  for (let next = anchor + step; next <= until + step; next += step) handovers.push(next);
  return { start, handovers };
}

/** `mon 09:00` for a wall minute; precomputed for every minute of a week, because it is needed millions of times. */
function textOf(minute: number): string {
  return WEEK_TEXTS[((minute % WEEK_TEXTS.length) + WEEK_TEXTS.length) % WEEK_TEXTS.length] ?? '';
}

/**
 * The shift index of every period. With skipEmpty a period without an open minute belongs to the person before it, days and weeks
 * are counted singly, and each person keeps the shift for that many counted ones.
 */
function turnsOf(layer: ScheduleLayer, start: number, handovers: readonly number[]): number[] {
  if (!skipsEmpty(layer) || layer.restrictions === undefined) return [...handovers.keys()];
  const { restrictions, rotation } = layer;
  const each = rotation.unit === 'hour' ? 1 : rotation.every;
  let counted = 0;
  return handovers.map((end, period) => {
    const begin = period === 0 ? start : (handovers[period - 1] ?? start);
    for (let minute = begin; minute < end; minute++) {
      if (!restrictions.some((restriction) => isOpenOnWall(restriction, minute))) continue;
      counted++;
      break;
    }
    return Math.floor(Math.max(0, counted - 1) / each);
  });
}

const skipsEmpty = (layer: ScheduleLayer): boolean =>
  layer.skipEmpty === true && layer.restrictions !== undefined;

function isOpenOnWall({ days, from, to }: Restriction, minute: number): boolean {
  const clock = textOf(minute).slice(4);
  const isDay = (at: number): boolean => days.some((day) => textOf(at).startsWith(day));
  if (from < to) return isDay(minute) && from <= clock && clock < to;
  return (isDay(minute) && from <= clock) || (isDay(minute - DAY_MIN) && clock < to);
}

/**
 * Minutes within a window: from the first minute at or past its opening to the last that shows, or jumps past, its end. A clock
 * that never shows the end again after going back has reached it only once.
 */
function openMinutes(restrictions: readonly Restriction[] | undefined, wall: readonly number[]): boolean[] {
  const open = wall.map(() => restrictions === undefined);
  const firstDay = Math.floor((wall[0] ?? 0) / DAY_MIN);
  const lastDay = Math.floor((wall.at(-1) ?? 0) / DAY_MIN);
  for (const { days, from, to } of restrictions ?? []) {
    for (let day = firstDay + 1; day < lastDay; day++) {
      if (!days.some((name) => textOf(day * DAY_MIN).startsWith(name))) continue;
      const opens = day * DAY_MIN + minutesOf(from);
      const closes = day * DAY_MIN + minutesOf(to) + (to <= from ? DAY_MIN : 0);
      const first = wall.findIndex((shown) => shown >= opens);
      const last = wall.findLastIndex((shown, at) => (wall[at - 1] ?? shown) < closes || shown === closes);
      if (first !== -1 && first < last) open.fill(true, first, last);
    }
  }
  return open;
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}

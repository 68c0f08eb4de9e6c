/** Random schedules around a clock change, for tests. Most times of day lie near the change, where errors occur. */
import type { Weekday } from '../../config/terms.js';
import type { Restriction, Rotation, ScheduleLayer } from '../schedule-spec.js';
import type { ScheduleWithOverrides } from '../schedule.js';
import type { ZoneChange } from './zone-changes.js';

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY_MS = 86_400_000;

/** mulberry32: the same numbers for the same seed, so that a failure can be reproduced. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function randomSchedule(
  timezone: string,
  change: ZoneChange,
  random: () => number,
): ScheduleWithOverrides {
  const pick = picker(random);
  const layers = Array.from({ length: 1 + pick(3) }, (_, index) =>
    randomLayer(`layer-${index}`, change, random),
  );
  const overrides = Array.from({ length: pick(3) }, (_, index) => {
    const from = change.at + (pick(180) - 90) * 15 * 60_000;
    const to = from + (1 + pick(20)) * 15 * 60_000;
    return {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      person: `stand-in-${index}`,
    };
  });
  return { team: 'team', timezone, layers, overrides };
}

function randomLayer(name: string, change: ZoneChange, random: () => number): ScheduleLayer {
  const pick = picker(random);
  const people = Array.from({ length: 2 + pick(5) }, (_, index) => `${name}-person-${index}`);
  const layer: ScheduleLayer = { name, people, rotation: randomRotation(change, random) };
  if (pick(3) === 0) return layer;
  const restrictions = Array.from({ length: 1 + pick(2) }, () => randomRestriction(change, random));
  return { ...layer, restrictions, skipEmpty: pick(2) === 0 };
}

function randomRotation(change: ZoneChange, random: () => number): Rotation {
  const pick = picker(random);
  const date = new Date(change.at - (pick(30) - 1) * DAY_MS).toISOString().slice(0, 10);
  const start = pick(3) === 0 ? `${date}T${randomTime(change, random)}` : date;
  const kind = pick(4);
  if (kind === 0) return { every: 1 + pick(12), unit: 'hour', start };
  if (kind === 1)
    return {
      every: 1 + pick(2),
      unit: 'week',
      handover: `${weekday(random)} ${randomTime(change, random)}`,
      start,
    };
  return { every: 1 + pick(3), unit: 'day', handover: randomTime(change, random), start };
}

function randomRestriction(change: ZoneChange, random: () => number): Restriction {
  const pick = picker(random);
  const days = pick(3) === 0 ? [...WEEKDAYS] : WEEKDAYS.filter(() => pick(2) === 0);
  if (pick(6) === 0) return { days, from: '00:00', to: '24:00' };
  return { days, from: randomTime(change, random), to: randomTime(change, random) };
}

/** Two in three lie within two hours of the local time of the change, in quarters of an hour. */
function randomTime(change: ZoneChange, random: () => number): string {
  const pick = picker(random);
  const shown = Math.floor(change.at / 60_000) + (pick(2) === 0 ? change.before : change.after);
  const minute = pick(3) === 0 ? pick(96) * 15 : shown + (pick(17) - 8) * 15;
  return new Date(minute * 60_000).toISOString().slice(11, 16);
}

function weekday(random: () => number): Weekday {
  return WEEKDAYS[picker(random)(7)] ?? 'mon';
}

function picker(random: () => number): (below: number) => number {
  return (below) => Math.floor(random() * below);
}

/** Resolves a year of a 20-person schedule. Method: README.md. */
import type { Rotation, ScheduleLayer } from '../domain/oncall/schedule-spec.js';
import { resolveShifts, resolveTimeline } from '../domain/oncall/resolve-shifts.js';
import type { Override, ScheduleWithOverrides, Shift } from '../domain/oncall/schedule.js';
import { median, quantile, rounded } from './support/quantiles.js';
import { finish, say } from './support/report.js';

/**
 * Bounds for the slowest schedule: `ms` on the current machine, `ratio` (schedules of 1,000 shifts and more) to
 * writing the same list without resolving it.
 */
const bounds = { ms: 20, ratio: 4 };
const WARM_UP = 20;
const ROUNDS = 100;
const DAY_MS = 86_400_000;
const from = '2026-01-01T00:00:00.000Z';
const to = '2027-01-01T00:00:00.000Z';

const people = Array.from({ length: 20 }, (_, index) => `person-${index}`);
const layer = (name: string, rotation: Rotation, rest: Partial<ScheduleLayer> = {}): ScheduleLayer => ({
  name,
  people,
  rotation,
  ...rest,
});
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
const office = [{ days: [...weekdays], from: '09:00', to: '17:00' }];
const weekly: Rotation = { every: 1, unit: 'week', handover: 'mon 09:00', start: '2020-01-06' };
const daily: Rotation = { every: 1, unit: 'day', handover: '09:00', start: '2020-01-06' };
const hourly: Rotation = { every: 1, unit: 'hour', start: '2020-01-06' };

/** Two a week, a typical number for holidays and swaps. */
const overrides = Array.from({ length: 104 }, (_, index): Override => {
  const begin = Date.parse(from) + index * 3.5 * DAY_MS;
  return {
    from: new Date(begin).toISOString(),
    to: new Date(begin + DAY_MS / 2).toISOString(),
    person: `person-${index % 20}`,
  };
});
const schedule = (
  layers: ScheduleLayer[],
  more: Partial<ScheduleWithOverrides> = {},
): ScheduleWithOverrides => ({
  team: 'team',
  timezone: 'Europe/Berlin',
  layers,
  ...more,
});

const shapes: Record<string, () => Shift[]> = {
  weekly: () => resolveShifts(schedule([layer('weekly', weekly)]), from, to).items,
  'follow the sun, office hours on top, overrides': () =>
    resolveShifts(
      schedule(
        [
          layer('nights', daily),
          layer('apac', weekly, { restrictions: [{ days: [...weekdays], from: '00:00', to: '08:00' }] }),
          layer('office', daily, { restrictions: office, skipEmpty: true }),
        ],
        { overrides },
      ),
      from,
      to,
    ).items,
  hourly: () => resolveShifts(schedule([layer('hours', hourly)], { overrides }), from, to).items,
  'edited every week': () =>
    resolveTimeline(
      Array.from({ length: 52 }, (_, week) => ({
        effectiveFrom: new Date(Date.parse(from) + week * 7 * DAY_MS).toISOString(),
        spec: schedule([layer('nights', daily), layer('office', daily, { restrictions: office })]),
      })),
      from,
      to,
      overrides,
    ).items,
};

/** The baseline: as many shifts of equal length, their instants written as text, nothing resolved. */
function written(count: number): Shift[] {
  const step = Math.floor((Date.parse(to) - Date.parse(from)) / count);
  let begin = from;
  return Array.from({ length: count }, (_, index) => {
    const end = new Date(Date.parse(from) + (index + 1) * step).toISOString();
    const shift = { from: begin, to: end, person: people[index % 20] ?? '', source: 'written' };
    begin = end;
    return shift;
  });
}

function timed(work: () => Shift[]): { ms: number; count: number } {
  const begun = process.hrtime.bigint();
  const { length } = work();
  return { ms: Number(process.hrtime.bigint() - begun) / 1e6, count: length };
}

const results = Object.entries(shapes).map(([name, resolve]) => {
  const { count } = timed(resolve);
  const ours: number[] = [];
  const limit: number[] = [];
  // Alternating, so that both run under the same load.
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const [mine, theirs] = [timed(resolve).ms, timed(() => written(count)).ms];
    if (round >= 0) {
      ours.push(mine);
      limit.push(theirs);
    }
  }
  const [p50, p99] = [rounded(median(ours)), rounded(quantile(ours, 0.99))];
  const ratio = rounded(median(ours) / median(limit));
  say(`${name}: ${count} shifts, p50 ${p50} ms, p99 ${p99} ms, ${ratio}× writing them down`);
  return { name, shifts: count, p50, p99, limit: rounded(median(limit)), ratio };
});

const ms = Math.max(...results.map(({ p50 }) => p50));
const long = results.filter(({ shifts }) => shifts >= 1000);
const ratio = Math.max(...long.map((one) => one.ratio));
finish({ bench: 'shifts', ms, ratio, results, bounds, ok: ms <= bounds.ms && ratio <= bounds.ratio });

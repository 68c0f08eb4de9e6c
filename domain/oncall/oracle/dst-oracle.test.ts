/**
 * Compares the resolver with the naive minute-by-minute schedule around clock changes of all zones, 2020 to 2037.
 * `TOCSIN_DST_ORACLE=all` tests every change of every rule with more schedules (nightly); `=years` also tests every minute of
 * those years, which takes hours; `TOCSIN_DST_SEED` reruns one.
 */
import { describe, expect, it } from '@jest/globals';
import { resolveLayers } from '../layers.js';
import { resolveShifts, resolveTimeline } from '../resolve-shifts.js';
import type { ResolvedShifts, ScheduleWithOverrides } from '../schedule.js';
import { wallClock, type WallClock } from '../wall-clock.js';
import { naiveShifts, wallReader } from './naive-schedule.js';
import { randomFrom, randomSchedule } from './random-schedule.js';
import { ZONE_DATA_VERSION } from '../zone-data.js';
import { changesOf, oneOfEachKind, type ZoneChange, zoneRules } from './zone-changes.js';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const wanted = process.env['TOCSIN_DST_ORACLE'];
const isYears = wanted === 'years';
const isExhaustive = wanted === 'all' || isYears;
const seed = Number(process.env['TOCSIN_DST_SEED'] ?? 20_260_105);
/** The long runs are nightly. */
const timeLimitMs = isExhaustive ? 12 * 3_600_000 : 60_000;
const random = randomFrom(seed);
const rules = zoneRules(2020, 2037);

type Resolver = (schedule: ScheduleWithOverrides, from: number, to: number) => (string | null)[];

const resolved: Resolver = (schedule, from, to) =>
  minutesOf(resolveShifts(schedule, new Date(from).toISOString(), new Date(to).toISOString()), from, to);

function minutesOf({ items, gaps }: ResolvedShifts, from: number, to: number): (string | null)[] {
  const spans = [
    ...items.map((item) => ({ ...item, is: `${item.person} ${item.source}` })),
    ...gaps.map((gap) => ({ ...gap, is: null })),
  ];
  return byMinute(
    from,
    to,
    spans.map((span) => ({ from: Date.parse(span.from), to: Date.parse(span.to), is: span.is })),
  );
}

/** The same resolver on a faulty clock. */
function onWrongClock(spoil: (clock: WallClock, at: number) => WallClock): Resolver {
  return (schedule, from, to) => {
    const clock = spoil(wallClock(schedule.timezone, from, to), from);
    const pieces = resolveLayers(schedule.layers, clock, { from, to });
    return byMinute(
      from,
      to,
      pieces.map((piece) => ({ ...piece, is: `${piece.person} ${piece.source}` })),
    );
  };
}

/** Minutes that no span covers stay `undefined`, which is neither a person nor a gap. */
function byMinute(from: number, to: number, spans: { from: number; to: number; is: string | null }[]) {
  const minutes = Array.from<string | null>({ length: (to - from) / MINUTE });
  for (const span of spans) minutes.fill(span.is, (span.from - from) / MINUTE, (span.to - from) / MINUTE);
  return minutes;
}

/** The first minute on which the two differ, in readable form; undefined = none. */
function firstDifference(
  resolver: Resolver,
  schedule: ScheduleWithOverrides,
  change: ZoneChange,
): string | undefined {
  return difference(resolver, schedule, change.at - 1.5 * DAY, change.at + 1.5 * DAY);
}

function difference(
  resolver: Resolver,
  schedule: ScheduleWithOverrides,
  from: number,
  to: number,
  right = naiveShifts(schedule, from, to),
): string | undefined {
  const ours = resolver(schedule, from, to);
  const minute = right.findIndex((person, index) => person !== (ours[index] ?? null));
  if (minute === -1 && ours.length === right.length) return undefined;
  const at = new Date(from + minute * MINUTE).toISOString();
  return `${at}: ${String(ours[minute])} instead of ${String(right[minute])} (seed ${seed}) ${JSON.stringify(schedule)}`;
}

/** Two schedules, the second in force from a random minute around the change; overrides of the first apply to both. */
function editedDifference(zone: string, change: ZoneChange): string | undefined {
  const [from, to] = [change.at - 1.5 * DAY, change.at + 1.5 * DAY];
  const [old, next] = [randomSchedule(zone, change, random), randomSchedule(zone, change, random)];
  const { overrides = [] } = old;
  const edit = from + Math.floor((random() * (to - from)) / MINUTE) * MINUTE;
  const [before, after] = [old, { ...next, overrides }].map((one) => naiveShifts(one, from, to));
  const right = (before ?? []).map((who, minute) =>
    from + minute * MINUTE < edit ? who : (after?.[minute] ?? null),
  );
  const edited: Resolver = () => {
    const revisions = [
      { effectiveFrom: new Date(0).toISOString(), spec: old },
      { effectiveFrom: new Date(edit).toISOString(), spec: next },
    ];
    const [begin, end] = [new Date(from).toISOString(), new Date(to).toISOString()];
    return minutesOf(resolveTimeline(revisions, begin, end, overrides), from, to);
  };
  return difference(edited, next, from, to, right);
}

/** Starts of adjacent stretches, each `STRETCH` days long. */
const STRETCH = 14;
const stretches = (begin: number, end: number): number[] =>
  Array.from(
    { length: Math.ceil((end - begin) / (STRETCH * DAY)) },
    (_, index) => begin + index * STRETCH * DAY,
  );

/** The first differences; a few are as informative as all of them. */
function differences(
  resolver: Resolver,
  zone: string,
  changes: readonly ZoneChange[],
  rounds: number,
  overrides = true,
) {
  const found: string[] = [];
  for (const change of changes) {
    for (let round = 0; round < rounds && found.length < 3; round++) {
      const schedule = randomSchedule(zone, change, random);
      const difference = firstDifference(
        resolver,
        overrides ? schedule : { ...schedule, overrides: [] },
        change,
      );
      if (difference !== undefined) found.push(difference);
    }
  }
  return found;
}

describe('zone data', () => {
  it('reads every clock change of all zones as the zone library does', () => {
    const wrong: string[] = [];
    for (const { zones, changes } of rules) {
      for (const zone of zones) {
        const read = wallReader(zone);
        const clock = wallClock(zone, Date.UTC(2020, 0), Date.UTC(2038, 0));
        const weeks = Array.from({ length: 18 * 36 }, (_, index) => Date.UTC(2020, 0) + index * 10 * DAY);
        for (const at of [...weeks, ...changes.flatMap((change) => [change.at - MINUTE, change.at])]) {
          if (read(at) !== clock.wallAt(at)) wrong.push(`${zone} ${new Date(at).toISOString()}`);
        }
      }
    }
    expect(rules.flatMap(({ zones }) => zones).length).toBeGreaterThan(400);
    expect(wrong).toEqual([]);
  });

  it('differs from the data of this Node only in zones whose rules have changed since its release', () => {
    // IANA releases 2026a to 2026f; Node 20 has 2025c, in which a page to these zones is up to an hour wrong.
    const changed = new Set(
      `Africa/Casablanca Africa/El_Aaiun America/Cancun America/Dawson America/Edmonton America/Havana America/Inuvik
       America/Rainy_River America/Rankin_Inlet America/Resolute America/Swift_Current America/Vancouver America/Whitehorse
       America/Winnipeg America/Yellowknife Cuba Canada/Central Canada/Mountain Canada/Pacific Europe/Chisinau
       Europe/Tiraspol`.split(/\s+/),
    );
    const differing = Intl.supportedValuesOf('timeZone').filter((zone) => {
      const format = new Intl.DateTimeFormat('sv-SE', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'short',
      });
      const clock = wallClock(zone, Date.UTC(2020, 0), Date.UTC(2038, 0));
      const instants = Array.from({ length: 18 * 36 }, (_, index) => Date.UTC(2020, 0) + index * 10 * DAY);
      return instants.some(
        (at) =>
          Date.parse(`${format.format(at).replace(' ', 'T')}Z`) !==
          Math.floor(clock.wallAt(at) / MINUTE) * MINUTE,
      );
    });
    expect(differing.filter((zone) => !changed.has(zone))).toEqual([]);
  });

  it('is current where Node 20 is not: Casablanca keeps one offset from 20 September 2026 on', () => {
    const { changes } = changesOf('Africa/Casablanca', Date.UTC(2026, 9, 1), Date.UTC(2028, 0));
    expect(changes).toEqual([]);
    expect(ZONE_DATA_VERSION >= '2026f').toBe(true);
  });
});

describe('the resolver and a person in front of the clock agree', () => {
  it(
    'around clock changes of all zones, 2020 to 2037',
    () => {
      const wrong = rules.flatMap(({ zones: [zone = 'UTC'], changes }) => {
        const quiet = { at: Date.UTC(2024 + Math.floor(random() * 10), 5, 15), before: 0, after: 0 };
        const looked =
          changes.length === 0 ? [quiet] : isExhaustive ? changes : oneOfEachKind(changes, 4, random);
        return differences(resolved, zone, looked, isExhaustive ? 6 : 2);
      });
      expect(wrong.slice(0, 3)).toEqual([]);
    },
    timeLimitMs,
  );

  it(
    'when the schedule is edited in the middle of it: the old one until then, the new one from then on',
    () => {
      const wrong = rules.flatMap(({ zones: [zone = 'UTC'], changes }, index) => {
        const some = index % 3 === 0 ? oneOfEachKind(changes, 1, random) : [];
        const looked = isExhaustive ? changes : some;
        return looked.flatMap((change) => editedDifference(zone, change) ?? []);
      });
      expect(wrong.slice(0, 3)).toEqual([]);
    },
    timeLimitMs,
  );

  it(
    'on ordinary days, and with nothing left out between them',
    () => {
      const [begin, end] = [Date.UTC(2020, 0), Date.UTC(2038, 0)];
      const wrong = rules.flatMap(({ zones: [zone = 'UTC'] }, index) => {
        const some = begin + Math.floor((random() * (end - begin)) / DAY) * DAY;
        const quick = index % 20 === 0 ? [some] : [];
        const starts = isYears ? stretches(begin, end) : quick;
        return starts.flatMap((at) => {
          const schedule = randomSchedule(
            zone,
            { at: at + (STRETCH / 2) * DAY, before: 0, after: 0 },
            random,
          );
          return difference(resolved, schedule, at, at + STRETCH * DAY) ?? [];
        });
      });
      expect(wrong.slice(0, 3)).toEqual([]);
    },
    timeLimitMs,
  );

  it('where a whole day is left out: Samoa, 2011-12-30', () => {
    const { changes } = changesOf('Pacific/Apia', Date.UTC(2011, 11, 1), Date.UTC(2012, 0, 15));
    expect(changes).toEqual([{ at: Date.UTC(2011, 11, 30, 10), before: -600, after: 840 }]);
    expect(differences(resolved, 'Pacific/Apia', changes, 40)).toEqual([]);
  });

  it('where the change is half an hour: Lord Howe', () => {
    const { changes } = changesOf('Australia/Lord_Howe', Date.UTC(2026, 0), Date.UTC(2027, 0));
    expect(changes.map(({ before, after }) => after - before)).toEqual([-30, 30]);
    expect(differences(resolved, 'Australia/Lord_Howe', changes, 20)).toEqual([]);
  });
});

describe('the comparison can fail', () => {
  const berlin = changesOf('Europe/Berlin', Date.UTC(2026, 0), Date.UTC(2027, 0)).changes;
  const isLate = (wall: number, clock: WallClock): number => clock.endAt(wall) - clock.startAt(wall);
  it.each<[string, (clock: WallClock, at: number) => WallClock]>([
    [
      'starts at the last occurrence of a doubled hour',
      (clock) => ({ ...clock, startAt: (wall) => clock.endAt(wall) }),
    ],
    [
      'ends at the first occurrence of a doubled hour',
      (clock) => ({ ...clock, endAt: (wall) => clock.startAt(wall) }),
    ],
    [
      'moves a start in a skipped hour on by an hour',
      (clock) => ({
        ...clock,
        startAt: (wall) =>
          clock.startAt(clock.wallAt(clock.startAt(wall)) === wall ? wall : wall + 60 * MINUTE),
      }),
    ],
    [
      'ends a minute early in a doubled hour',
      (clock) => ({ ...clock, endAt: (wall) => clock.endAt(wall) - (isLate(wall, clock) > 0 ? MINUTE : 0) }),
    ],
    [
      'counts elapsed time instead of wall-clock time',
      (clock, at) => {
        const offset = clock.wallAt(at) - at;
        return {
          wallAt: (t) => t + offset,
          startAt: (wall) => wall - offset,
          endAt: (wall) => wall - offset,
        };
      },
    ],
  ])('a resolver is caught that %s', (_, spoil) => {
    expect(
      differences(
        onWrongClock((clock) => clock),
        'Europe/Berlin',
        berlin,
        10,
        false,
      ),
    ).toEqual([]);
    expect(differences(onWrongClock(spoil), 'Europe/Berlin', berlin, 40, false)).not.toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { bucketsOf } from './buckets.js';
import { decideTells, tellsOfDeleted } from './decide-tells.js';
import { expectedFrom, historyFor, median, SHORT_BUCKET } from './expected.js';
import { foldWatch, type Observation, type WatchDocument } from './fold-watch.js';
import { notLearned } from './not-learned.js';
import { nextTime } from './next-time.js';
import { watchOf } from './testing/watch-document.js';
import { signalOf } from './watch-signals.js';
import { watchedFacts } from './watched-facts.js';
import { newWatch, type WatchState } from './watch-state.js';
import { valueWords } from './words.js';

const START = Date.parse('2026-11-30T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;
const known = (value: number, sigma: number | null = null, words = `the expected ${value} s`) =>
  ({ kind: 'known', value, sigma, words }) as const;

type Seen = number | 'none' | { cannot: string };

/** What is told by minute, as `minute what condition priority: sentence`. */
function told(
  document: WatchDocument,
  seen: readonly Seen[],
  expected = known(0.4),
  users: number | null = null,
) {
  let state: WatchState = newWatch(1);
  const lines: string[] = [];
  seen.forEach((one, index) => {
    const at = START + index * MINUTE;
    const observation: Observation =
      typeof one === 'number'
        ? { kind: 'value', at, value: one, expected }
        : one === 'none'
          ? { kind: 'no_data', at }
          : { kind: 'not_judged', at, why: one.cannot };
    const decided = decideTells(document, foldWatch(document, state, observation), {
      now: at,
      usersAffected: users,
    });
    ({ state } = decided);
    for (const { what, condition, priority, sentence } of decided.tells)
      lines.push(`${index} ${what} ${condition} ${priority}: ${sentence}`);
  });
  return { lines, state };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

const p99 = watchOf({
  expected: { value: 0.4 },
  bands: [
    { beyond: 1, for: '5m', priority: 'P4' },
    { beyond: 2, priority: 'P3' },
    { beyond: 4, for: '5m', priority: 'P1' },
  ],
});

describe('a band', () => {
  it('is told with its priority and its sentence after its time, and its end too', () => {
    expect(told(p99, [0.4, ...times(7, 0.55), 0.4, ...times(5, 0.4)]).lines).toEqual([
      '6 begins band P4: p99 0.55 s, 1.5 acceptable deviations above the expected 0.4 s, for 5 min',
      '13 ends band P4: p99 0.4 s, within 1 acceptable deviation of the expected 0.4 s again',
    ]);
  });

  it('rises at once where a higher band waits for nothing, and to P1 after five minutes', () => {
    expect(
      told(p99, [0.4, ...times(6, 0.82)], known(0.4, 0.1, 'the same hour of the last four weeks')).lines,
    ).toEqual([
      '1 begins band P3: p99 0.82 s, 4.2 acceptable deviations above the same hour of the last four weeks',
      '6 rises band P1: p99 0.82 s, 4.2 acceptable deviations above the same hour of the last four weeks, for 5 min',
    ]);
  });

  it('eases to a lower one without an end between', () => {
    const { lines } = told(p99, [...times(7, 0.9), ...times(7, 0.55)]);
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      '0 begins band P3',
      '5 rises band P1',
      '12 eases band P4',
    ]);
  });

  it('is repeated every 15 minutes, so that an incident that a person resolved opens again', () => {
    const { lines } = told(p99, times(40, 0.62));
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      '0 begins band P3',
      '15 repeats band P3',
      '30 repeats band P3',
    ]);
  });

  it('breaks the wait at every value on the good side', () => {
    expect(told(p99, [0.55, 0.55, 0.55, 0.55, 0.4, 0.55, 0.55, 0.55, 0.55]).lines).toEqual([]);
  });

  it('does not count a silence towards its wait', () => {
    expect(
      told(p99, [0.55, 0.55, ...times(12, 'none' as const), 0.55]).lines.map((line) => line.split(':')[0]),
    ).toEqual(['12 begins no-data P3', '14 ends no-data P3']);
  });

  it('rises with the users affected', () => {
    const { lines, state } = told(p99, times(2, 0.62), known(0.4), 1_200);
    expect(lines).toHaveLength(1);
    expect(state.open?.priority).toBe('P2');
  });

  it.each([
    ['above', 0.1, null],
    ['below', 0.1, 'P3'],
    ['both', 0.1, 'P3'],
    ['both', 0.7, 'P3'],
    ['below', 0.7, null],
  ] as const)('on the side %s, %d s is %s', (direction, value, priority) => {
    const { state } = told({ ...p99, spec: { ...p99.spec, direction } }, [value]);
    expect(state.open?.priority ?? null).toBe(priority);
  });
});

describe('a changed document', () => {
  const opened = told(p99, times(7, 0.9)).state;
  const edited = (spec: Parameters<typeof watchOf>[0]): WatchDocument => ({
    ...watchOf({ ...p99.spec, ...spec }),
    revision: 2,
  });
  const next = (document: WatchDocument, value: number, state = opened) => {
    const at = START + 7 * MINUTE;
    const folded = foldWatch(document, state, { kind: 'value', at, value, expected: known(0.4) });
    return decideTells(document, folded, { now: at, usersAffected: null });
  };

  it('ends at once what the new bands no longer call wrong', () => {
    expect(next(edited({ bands: [{ beyond: 20, for: '5m', priority: 'P1' }] }), 0.9).tells).toMatchObject([
      { what: 'ends' },
    ]);
  });

  it('keeps what is still wrong open, without waiting anew', () => {
    const { tells, state } = next(edited({ bands: [{ beyond: 3, for: '1h', priority: 'P1' }] }), 0.9);
    expect(tells.filter(({ what }) => what === 'ends')).toEqual([]);
    expect(state.open).toMatchObject({ band: 0, priority: 'P1' });
  });

  it('waits as any other when nothing was open', () => {
    const document = edited({ bands: [{ beyond: 1, for: '5m', priority: 'P1' }] });
    expect(next(document, 0.9, told(p99, [0.4]).state).tells).toEqual([]);
  });
});

describe('no data, and what cannot be judged', () => {
  it('is an alert of its own, once, and ends', () => {
    expect(told(p99, [0.4, ...times(12, 'none' as const), 0.4]).lines).toEqual([
      '11 begins no-data P3: p99 has had no data for 10 min; the last value was 0.4 s',
      '13 ends no-data P3: p99 has data again',
    ]);
    expect(told(p99, [0.4, ...times(12, { cannot: 'the value is NaN' }), 0.4]).lines).toEqual([
      '11 begins not-judged P3: p99 could not be judged for 10 min: the value is NaN',
      '13 ends not-judged P3: p99 can be judged again',
    ]);
  });

  it('leaves a band open: nobody knows that it was left', () => {
    const { lines, state } = told(p99, [0.62, ...times(14, 'none' as const)]);
    expect(lines.map((line) => line.split(':')[0])).toEqual(['0 begins band P3', '11 begins no-data P3']);
    expect(state.open).not.toBeNull();
  });

  it('is not told for a short while', () => {
    expect(told(p99, [0.4, ...times(9, { cannot: 'it hangs' }), 0.4]).lines).toEqual([]);
  });

  it.each([
    ['a share of an expected 0', watchOf(), known(0), 3, 'the expected value is 0, and 25 % of 0 is nothing'],
    [
      'deviations of a history that does not vary',
      watchOf({ acceptable: { sigma: 3 } }),
      known(5, 0),
      6,
      'the history does not vary',
    ],
  ] as const)('%s', (_, document, expected, value, why) => {
    expect(told(document, times(11, value), expected).lines).toEqual([
      expect.stringContaining(why) as unknown,
    ]);
    expect(told(document, times(11, expected.value), expected).lines).toEqual([]);
  });

  it('ends every alert of a watch that is deleted', () => {
    const { state } = told(p99, [0.62, ...times(14, 'none' as const)]);
    expect(tellsOfDeleted(state, START).map(({ condition, what }) => `${what} ${condition}`)).toEqual([
      'ends band',
      'ends no-data',
    ]);
  });
});

describe('the expected value', () => {
  const bucket = (at: number, ...values: number[]) => {
    const [first] = bucketsOf(
      values.map((value) => ({ at, value })),
      [HOUR],
    );
    if (first === undefined) throw new Error('no values');
    return first;
  };
  const sameHour = { baseline: { kind: 'same-hour', weeks: 4 } } as const;

  it('of the same hour is the median of the past weeks, so that one outage is not expected again', () => {
    const history = [1, 2, 3, 4].map((week) =>
      bucket(START - week * WEEK, ...(week === 2 ? [90, 110] : [9, 11])),
    );
    expect(expectedFrom(sameHour, history)).toMatchObject({
      kind: 'known',
      value: 10,
      words: 'the same hour of the last four weeks',
    });
    expect(expectedFrom(sameHour, history.slice(0, 1))).toEqual({
      kind: 'learning',
      why: 'the same hour is known for one week of the 2 that it takes',
    });
  });

  it('of the same hour follows the clock on the wall over a change of daylight saving', () => {
    const monday = Date.parse('2026-10-26T08:30:00Z'); // 09:30 in Berlin, winter time since the day before
    expect(historyFor({ baseline: { kind: 'same-hour', weeks: 1 } }, monday, 'Europe/Berlin')).toEqual({
      width: HOUR,
      at: [Date.parse('2026-10-19T07:00:00Z')],
    });
  });

  it('of a rolling median needs a quarter of its window', () => {
    const spec = { baseline: { kind: 'rolling-median', window: '1d' } } as const;
    const buckets = Array.from({ length: 72 }, (_, index) => bucket(START - index * SHORT_BUCKET, index % 3));
    expect(expectedFrom(spec, buckets)).toMatchObject({ value: 1, words: 'the median of the last day' });
    expect(expectedFrom(spec, buckets.slice(0, 71))).toMatchObject({ kind: 'learning' });
  });

  it('tells its standard deviation, also of large values that differ little', () => {
    const expected = expectedFrom(sameHour, [
      bucket(START, 1e9 - 1, 1e9 + 1),
      bucket(START - WEEK, 1e9 - 1, 1e9 + 1),
    ]);
    expect(expected).toMatchObject({ value: 1e9, sigma: 1 });
  });

  it.each([
    [[3, 1, 2], 2],
    [[4, 1], 2.5],
  ])('the median of %j is %d', (values, expected) => expect(median(values)).toBe(expected));
});

it('a new watch with a baseline learns and tells nothing; one that lost its history says so', () => {
  const learning = { kind: 'learning', why: 'too short' } as const;
  const fresh = foldWatch(p99, newWatch(1), { kind: 'value', at: START, value: 9, expected: learning });
  expect(fresh).toMatchObject({ learning: 'too short', notJudged: { since: null } });
  const judged = foldWatch(p99, fresh, { kind: 'value', at: START + 1, value: 9, expected: known(9) });
  const lost = foldWatch(p99, judged, { kind: 'value', at: START + 2, value: 9, expected: learning });
  expect(lost.notJudged).toMatchObject({ since: START + 2, why: 'too short' });
});

it('the alert of a band says its priority, and only a watch can say one', () => {
  const { state } = told(p99, [0.62]);
  const signal = signalOf(
    p99,
    { condition: 'band', what: 'begins', priority: 'P3', sentence: 'p99', since: START, usersAffected: 7 },
    { state, now: START },
  );
  expect(signal).toMatchObject({ action: 'trigger', dedupKey: 'band', labels: { service: 'checkout-db' } });
  expect(watchedFacts('watch/checkout-p99', signal)).toEqual({
    priority: 'P3',
    sentence: 'p99',
    usersAffected: 7,
  });
  expect(watchedFacts('prometheus', signal)).toBeNull();
});

it('watches of one interval spread over it, each at its own phase', () => {
  const at = (name: string) => nextTime(name, 30_000, START) - START;
  const offsets = Array.from({ length: 100 }, (_, index) => at(`watch-${index}`));
  expect(new Set(offsets.map((offset) => Math.floor(offset / 3_000))).size).toBe(10);
  expect(nextTime('a', 30_000, nextTime('a', 30_000, START)) - nextTime('a', 30_000, START)).toBe(30_000);
});

it.each([
  [1.9, 's', '1.9 s'],
  [0.123_456, 's', '0.123 s'],
  [12_345, '', '12,300'],
  [99.5, '%', '99.5%'],
  [0.000_012_3, 's', '1.23e-5 s'],
  [0, 's', '0 s'],
])('%d %s is shown as %s', (value, unit, words) => expect(valueWords(value, unit)).toBe(words));

describe('what a rolling baseline does not learn from', () => {
  const open = { band: 0, priority: 'P2', since: START + 10 * MINUTE, from: START, toldAt: START } as const;

  it('is the present outage from the first value beyond a band, for a day, and those before', () => {
    const past = { from: START - 9 * HOUR, to: START - 8 * HOUR };
    const state = { bands: [], open, outages: [past] };
    expect(notLearned(state, START + HOUR)).toEqual([past, { from: START, to: START + HOUR }]);
    expect(notLearned(state, START + 30 * HOUR).at(-1)).toEqual({ from: START, to: START + 24 * HOUR });
    expect(notLearned({ bands: [], open: null }, START)).toEqual([]);
  });

  it('is left out of the window, which reaches as much further back', () => {
    const spec = { baseline: { kind: 'rolling-median', window: '30m' } } as const;
    expect(historyFor(spec, START + HOUR, 'UTC', [{ from: START, to: START + HOUR }])).toEqual({
      width: SHORT_BUCKET,
      from: START - HOUR / 2,
      to: START + HOUR,
    });
  });
});

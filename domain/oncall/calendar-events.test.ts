import { describe, expect, it } from '@jest/globals';
import type { Rotation } from './schedule-spec.js';
import { calendarEntries } from './calendar-events.js';
import type { Override, ScheduleHistory } from './schedule.js';

const DAY_MS = 86_400_000;
const dayAfter = (day: number): string =>
  new Date(Date.parse('2026-06-01T12:00:00Z') + day * DAY_MS).toISOString();

const turning = (
  every: number,
  unit: Rotation['unit'] = 'week',
  overrides: Override[] = [],
): ScheduleHistory => ({
  revisions: [
    {
      effectiveFrom: '1970-01-01T00:00:00.000Z',
      spec: {
        team: 'ops',
        timezone: 'Europe/Berlin',
        layers: [
          {
            name: 'main',
            people: ['ana', 'bo'],
            rotation: { every, unit, handover: '09:00', start: '2016-01-04' },
          },
        ],
      },
    },
  ],
  overrides,
});
/** Keys of the entries that the calendar shows for one instant, collected over several days. */
const keysOver = (history: ScheduleHistory, instant: string, days: number): Set<string> =>
  new Set(
    Array.from({ length: days }, (_, day) =>
      calendarEntries('ops', history, dayAfter(day))
        .filter(({ from, to }) => from <= instant && instant < to)
        .map(({ key, isCancelled }) => `${key}${isCancelled ? ' cancelled' : ''}`)
        .join(', '),
    ),
  );

describe('a shift in a calendar', () => {
  it.each([1, 30, 200, 1000])('of %i weeks keeps its identity from day to day', (every) => {
    expect(keysOver(turning(every), dayAfter(-25), 5).size).toBe(1);
  });

  it('begins when its turn does, however long ago', () => {
    const [first] = calendarEntries('ops', turning(200), dayAfter(0));
    expect(first).toMatchObject({
      from: '2023-09-04T07:00:00.000Z',
      key: 'ops/main/ana/2023-09-04T07:00:00.000Z',
    });
  });

  it('keeps it also as an override of a year, and as what that takes away', () => {
    const year = { from: '2026-01-10T00:00:00.000Z', to: '2027-01-10T00:00:00.000Z', person: 'bo' };
    expect([...keysOver(turning(30, 'week', [year]), dayAfter(20), 20)]).toEqual([
      'ops/override/bo/2026-01-10T00:00:00.000Z, ops/main/ana/2026-05-11T07:00:00.000Z cancelled',
    ]);
  });
});

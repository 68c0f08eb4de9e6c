import { describe, expect, it } from '@jest/globals';
import type { ScheduleSpec } from './schedule-spec.js';
import { snapshotOf } from '../../db/config/config-snapshot.js';
import { NO_LIVE_DATA } from '../config/live-data.js';
import { checkScheduleEdit, editedHistory } from './check-edit.js';
import { onCallAt } from './on-call-at.js';
import { revisionsInForce } from './revisions.js';
import { runningShiftEnd } from './running-shift.js';

const weekly = (people: string[], rest: Partial<ScheduleSpec> = {}): ScheduleSpec => ({
  team: 'checkout',
  timezone: 'Europe/Berlin',
  layers: [
    {
      name: 'weekly',
      people,
      rotation: { every: 1, unit: 'week', handover: 'mon 09:00', start: '2026-01-05' },
    },
  ],
  ...rest,
});
/** The third week: cleo's. */
const wednesday = '2026-01-21T12:00:00.000Z';
const monday = '2026-01-26T08:00:00.000Z';
const before = revisionsInForce([{ at: '2026-01-01T00:00:00.000Z', spec: weekly(['ana', 'bo', 'cleo']) }]);

function warnings(spec: ScheduleSpec): string[] {
  const live = { ...NO_LIVE_DATA, schedules: new Map([['primary', before]]) };
  const document = (of: ScheduleSpec) => ({
    kind: 'Schedule' as const,
    name: 'primary',
    revision: 1,
    spec: of,
  });
  const inForce = snapshotOf(1, [document(weekly(['ana', 'bo', 'cleo']))], live);
  const after = snapshotOf(1, [document(spec)], live);
  return checkScheduleEdit('primary', spec, { before: inForce, after, now: wednesday }).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
}

describe('a layer whose people are edited while a shift runs', () => {
  it('the plan says who is replaced by whom at once', () => {
    expect(onCallAt({ revisions: before }, wednesday).person).toBe('cleo');
    const [first] = warnings(weekly(['bo', 'cleo']));
    expect(first).toBe(
      `warning: cleo is replaced by bo at once, in the middle of a shift that lasts until ${monday}; "from: handover" lets cleo finish it`,
    );
  });

  it('may be told to keep the running shift: it counts from the hand-over', () => {
    const spec = weekly(['bo', 'dana'], { from: 'handover' });
    expect(warnings(spec).filter((text) => text.includes('replaced'))).toEqual([]);
    const edited = editedHistory({ revisions: before }, spec, wednesday);
    expect(edited.revisions.at(-1)).toEqual({ effectiveFrom: monday, spec });
    // A later reader of the record gets the same result.
    const written = [
      { at: '2026-01-01T00:00:00.000Z', spec: weekly(['ana', 'bo', 'cleo']) },
      { at: wednesday, spec },
    ];
    expect(revisionsInForce(written)).toEqual(edited.revisions);
    expect(onCallAt(edited, '2026-01-25T12:00:00.000Z').person).toBe('cleo');
    expect(onCallAt(edited, '2026-01-26T12:00:00.000Z').person).not.toBe('cleo');
  });

  it('an edit that leaves who is on call alone says nothing', () => {
    expect(warnings(weekly(['dana', 'bo', 'cleo'])).filter((text) => text.includes('replaced'))).toEqual([]);
  });
});

describe('the end of the running shift', () => {
  it('is the hand-over, whatever hours the layer is restricted to, and across days that take no turn', () => {
    const days: ScheduleSpec = weekly([], {
      layers: [
        {
          name: 'office',
          people: ['ana', 'bo'],
          rotation: { every: 2, unit: 'day', handover: '09:00', start: '2026-01-05' },
          restrictions: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
          skipEmpty: true,
        },
      ],
    });
    const end = (at: string) => {
      const found = runningShiftEnd(days, Date.parse(at));
      return found === null ? null : new Date(found).toISOString();
    };
    expect(end('2026-01-05T10:00:00Z')).toBe('2026-01-07T08:00:00.000Z');
    // Friday and Monday form one shift.
    expect(end('2026-01-09T10:00:00Z')).toBe('2026-01-13T08:00:00.000Z');
    expect(end('2026-01-10T10:00:00Z')).toBeNull();
  });
});

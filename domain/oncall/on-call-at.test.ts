import { describe, expect, it } from '@jest/globals';
import type { Restriction, ScheduleLayer } from './schedule-spec.js';
import { onCallAt, slotAt } from './on-call-at.js';
import type { Override, ScheduleWithOverrides } from './schedule.js';

const restrictions: Restriction[] = [
  { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
];

function weekly(rest: Partial<ScheduleLayer> = {}, overrides: Override[] = []): ScheduleWithOverrides {
  const rotation = { every: 1, unit: 'week', handover: 'mon 09:00', start: '2026-01-05' } as const;
  const layer: ScheduleLayer = { name: 'main', people: ['ana', 'bo', 'cleo'], rotation, ...rest };
  return { team: 'checkout', timezone: 'UTC', layers: [layer], overrides };
}

describe('onCallAt', () => {
  it('names the person, the end of the shift and the shift that follows', () => {
    expect(onCallAt(weekly(), '2026-01-13T12:00:00Z')).toEqual({
      person: 'bo',
      until: '2026-01-19T09:00:00.000Z',
      next: { person: 'cleo', from: '2026-01-19T09:00:00.000Z' },
    });
  });

  it('at the instant of a hand-over the incoming person is on call', () => {
    expect(onCallAt(weekly(), '2026-01-12T09:00:00Z').person).toBe('bo');
    expect(onCallAt(weekly(), '2026-01-12T08:59:59.999Z').person).toBe('ana');
  });

  it('in a gap there is nobody until the next shift', () => {
    const next = { person: 'bo', from: '2026-01-12T09:00:00.000Z' };
    expect(onCallAt(weekly({ restrictions }), '2026-01-10T12:00:00Z')).toEqual({
      person: null,
      until: next.from,
      next,
    });
  });

  it('finds an end that is months away', () => {
    const rotation = { every: 20, unit: 'week', handover: 'mon 09:00', start: '2026-01-05' } as const;
    expect(onCallAt(weekly({ rotation }), '2026-01-06T00:00:00Z')).toMatchObject({
      person: 'ana',
      until: '2026-05-25T09:00:00.000Z',
      next: { person: 'bo' },
    });
  });

  it('says null where nothing ever follows', () => {
    expect(onCallAt(weekly({ people: [] }), '2026-01-06T00:00:00Z')).toEqual({
      person: null,
      until: null,
      next: null,
    });
    const overrides = [{ from: '2026-01-06T00:00:00Z', to: '2026-01-07T00:00:00Z', person: 'eve' }];
    expect(onCallAt(weekly({ people: [] }, overrides), '2026-01-06T12:00:00Z')).toEqual({
      person: 'eve',
      until: '2026-01-07T00:00:00.000Z',
      next: null,
    });
  });

  it('follows the revisions of an edited schedule', () => {
    const revisions = [
      { effectiveFrom: '2026-01-01T00:00:00Z', spec: weekly() },
      { effectiveFrom: '2026-01-07T00:00:00Z', spec: weekly({ people: ['dana'] }) },
    ];
    expect(onCallAt({ revisions }, '2026-01-06T12:00:00Z')).toEqual({
      person: 'ana',
      until: '2026-01-07T00:00:00.000Z',
      next: { person: 'dana', from: '2026-01-07T00:00:00.000Z' },
    });
  });
});

describe('slotAt', () => {
  const at = '2026-01-13T12:00:00Z';

  it('gives the people now, before and after', () => {
    expect(slotAt(weekly(), at, 'now')).toBe('bo');
    expect(slotAt(weekly(), at, 'next')).toBe('cleo');
    expect(slotAt(weekly(), at, 'previous')).toBe('ana');
  });

  it('next and previous are other people, past all shifts of the one who is on call', () => {
    const office = weekly({ restrictions });
    expect(slotAt(office, '2026-01-14T12:00:00Z', 'next')).toBe('cleo');
    expect(slotAt(office, '2026-01-14T12:00:00Z', 'previous')).toBe('ana');
    expect(slotAt(weekly({ people: ['ana'] }), at, 'next')).toBeNull();
  });

  it('in a gap: nobody now, the next to come, the last who was', () => {
    const office = weekly({ restrictions });
    const sunday = '2026-01-18T12:00:00Z';
    expect(slotAt(office, sunday, 'now')).toBeNull();
    expect(slotAt(office, sunday, 'next')).toBe('cleo');
    expect(slotAt(office, sunday, 'previous')).toBe('bo');
  });

  it('counts an override as being on call', () => {
    const overrides = [{ from: '2026-01-13T10:00:00Z', to: '2026-01-13T14:00:00Z', person: 'eve' }];
    expect(slotAt(weekly({}, overrides), at, 'now')).toBe('eve');
    expect(slotAt(weekly({}, overrides), at, 'next')).toBe('bo');
  });
});

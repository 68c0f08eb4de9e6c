/**
 * Overrides, swaps and dated edits: their refusals, and that any accepted one leaves every instant covered or reported as a gap
 * (I12).
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ScheduleSpec } from './schedule-spec.js';
import type { Role } from '../config/terms.js';
import { compareShifts } from './compare-shifts.js';
import { decideCancel, decideOverride, type Span } from './decide-override.js';
import {
  decideSwapAccept,
  decideSwapRequest,
  decideSwapClose,
  holdsAll,
  type SwapRequest,
} from './decide-swap.js';
import { randomFrom, randomSchedule } from './oracle/random-schedule.js';
import { resolve } from './resolve-shifts.js';
import { fromInstant, revisionsInForce, specAt } from './revisions.js';
import type { Override, ResolvedShifts, ScheduleHistory } from './schedule.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = '2026-11-23T12:00:00.000Z';
const iso = (ms: number): string => new Date(ms).toISOString();
const inHours = (hours: number): string => iso(Date.parse(now) + hours * HOUR);

const spec = (people: string[], rest: Partial<ScheduleSpec> = {}): ScheduleSpec => ({
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

const history = (overrides: Override[] = []): ScheduleHistory => ({
  revisions: [{ effectiveFrom: '2026-01-01T00:00:00Z', spec: spec(['ana', 'bo', 'cleo']) }],
  overrides,
});
const shiftsOf = (one: ScheduleHistory, days = 28): ResolvedShifts => resolve(one, now, inHours(24 * days));

const roleOf = (name: string): Role | undefined => {
  if (name === 'nobody') return undefined;
  return name === 'sue' ? 'stakeholder' : 'responder';
};

describe('an override', () => {
  const facts = { now, roleOf, toCome: 0 };
  const refusal = (from: string, to: string, person = 'bo', more = {}) => {
    const decision = decideOverride({ person, from, to }, { ...facts, ...more });
    return decision.kind === 'refused' ? `${decision.code} (${decision.path ?? '-'})` : 'accepted';
  };

  it('is refused when it cannot be meant, with the field that is wrong', () => {
    expect(refusal(inHours(1), inHours(3))).toBe('accepted');
    expect(refusal(inHours(1), inHours(3), 'nobody')).toBe('unknown_person (person)');
    expect(refusal(inHours(1), inHours(3), 'sue')).toBe('answers_no_incidents (person)');
    expect(refusal(inHours(3), inHours(1))).toBe('ends_before_it_begins (to)');
    expect(refusal(inHours(1), inHours(1))).toBe('ends_before_it_begins (to)');
    expect(refusal(inHours(-3), now)).toBe('in_the_past (to)');
    expect(refusal(inHours(1), inHours(24 * 367 + 2))).toBe('too_long (to)');
    expect(refusal(inHours(24 * 800), inHours(24 * 801))).toBe('too_far_ahead (from)');
    expect(refusal(inHours(1), inHours(3), 'bo', { toCome: 500 })).toBe('too_many_overrides (-)');
  });

  it('never changes the past: one that would have begun begins now', () => {
    expect(decideOverride({ person: 'bo', from: inHours(-5), to: inHours(2) }, facts)).toEqual({
      kind: 'accepted',
      person: 'bo',
      from: now,
      to: inHours(2),
    });
  });

  it('is cancelled once, and not when it is over', () => {
    const made = { from: inHours(-2), to: inHours(2), cancelledAt: null, cancelledBy: null };
    expect(decideCancel(made, now)).toEqual({ kind: 'accepted' });
    expect(decideCancel({ ...made, to: inHours(-1) }, now)).toMatchObject({ code: 'override_over' });
    expect(decideCancel({ ...made, cancelledAt: now, cancelledBy: 'ana' }, now)).toMatchObject({
      code: 'already_cancelled',
      detail: expect.stringContaining('ana'),
    });
  });
});

describe('a swap', () => {
  const holds =
    (one: ScheduleHistory) =>
    (person: string, span: Span): boolean =>
      holdsAll(resolve(one, span.from, span.to), person);
  const isPerson = (name: string) => ['ana', 'bo', 'cleo', 'dana'].includes(name);
  const people = ['ana', 'bo', 'cleo'];
  const { items } = shiftsOf(history());
  const shiftOf = (person: string, nth = 0): Span => {
    const found = items.filter((item) => item.person === person)[nth];
    if (found === undefined) throw new Error(`${person} has no shift ${nth}`);
    return { from: found.from, to: found.to };
  };
  const first = items[0]?.person ?? '';
  const [second = '', third = ''] = people.filter((one) => one !== first);
  const request = (more: Partial<SwapRequest> = {}): SwapRequest => ({
    by: first,
    to: second,
    shift: shiftOf(first),
    inReturn: null,
    state: 'open',
    decidedBy: null,
    decidedAt: null,
    ...more,
  });
  const ask = (more: Partial<SwapRequest> = {}, open: Span[] = [], alone = false) => {
    const decision = decideSwapRequest(request(more), {
      now,
      isPerson,
      holds: holds(history()),
      open,
      people: alone ? [first] : people,
    });
    return decision.kind === 'refused' ? decision.code : 'accepted';
  };

  it('is asked for by whoever has the shift, of somebody who has what is wanted for it', () => {
    expect(ask()).toBe('accepted');
    expect(ask({ to: null })).toBe('accepted');
    expect(ask({ inReturn: shiftOf(second) })).toBe('accepted');
    expect(ask({ shift: shiftOf(second) })).toBe('not_your_shift');
    expect(ask({ shift: { from: shiftOf(first).from, to: inHours(24 * 20) } })).toBe('not_your_shift');
    expect(ask({ inReturn: shiftOf(third) })).toBe('not_their_shift');
    expect(ask({ to: null, inReturn: shiftOf(second) })).toBe('nobody_to_swap_with');
    expect(ask({ to: first })).toBe('own_shift');
    expect(ask({ to: 'eve' })).toBe('unknown_person');
    expect(ask({ shift: { from: inHours(-48), to: inHours(-24) } })).toBe('in_the_past');
    expect(ask({}, [shiftOf(first)])).toBe('already_requested');
    expect(ask({ to: null }, [], true)).toBe('no_other_person');
    expect(ask({}, [], true)).toBe('accepted');
  });

  it('is accepted by whoever was asked, while it is still true', () => {
    const accept = (by: string, more: Partial<SwapRequest> = {}, one = history(), at = now) => {
      const decision = decideSwapAccept(request(more), by, { now: at, isPerson, holds: holds(one), people });
      return decision.kind === 'refused' ? decision.code : decision.overrides;
    };
    expect(accept(second)).toEqual([{ ...shiftOf(first), person: second }]);
    expect(accept(third)).toBe('not_requested');
    expect(accept(third, { to: null })).toEqual([{ ...shiftOf(first), person: third }]);
    expect(accept('dana', { to: null })).toBe('not_requested');
    expect(accept(first, { to: null })).toBe('own_request');
    expect(accept(second, { state: 'withdrawn', decidedBy: first, decidedAt: now })).toBe('swap_withdrawn');
    expect(accept(second, {}, history([{ ...shiftOf(first), person: 'dana' }]))).toBe('swap_stale');
    expect(
      accept(second, { inReturn: shiftOf(second) }, history([{ ...shiftOf(second), person: 'dana' }])),
    ).toBe('swap_stale');
    expect(accept(second, {}, history(), shiftOf(first).to)).toBe('swap_over');
    expect(accept(second, { inReturn: shiftOf(second) })).toEqual([
      { ...shiftOf(first), person: second },
      { ...shiftOf(second), person: first },
    ]);
  });

  it('is declined by whoever was asked by name, and withdrawn by whoever asked or a manager', () => {
    const close = (
      how: 'decline' | 'withdraw',
      by: string,
      more: Partial<SwapRequest> = {},
      isManager = false,
    ) => {
      const decision = decideSwapClose(request(more), how, { by, isManager });
      return decision.kind === 'refused' ? decision.code : 'accepted';
    };
    expect(close('decline', second)).toBe('accepted');
    expect(close('decline', third)).toBe('not_requested');
    expect(close('decline', third, { to: null })).toBe('not_requested');
    expect(close('withdraw', first)).toBe('accepted');
    expect(close('withdraw', second)).toBe('not_yours');
    expect(close('withdraw', 'dana', {}, true)).toBe('accepted');
    expect(close('withdraw', first, { state: 'accepted' })).toBe('swap_accepted');
  });

  it('once accepted, the two have each other’s time, and nobody else’s changes', () => {
    const inReturn = shiftOf(second);
    const decision = decideSwapAccept(request({ inReturn }), second, {
      now,
      isPerson,
      holds: holds(history()),
      people,
    });
    if (decision.kind === 'refused') throw new Error(decision.detail);
    expect(compareShifts(shiftsOf(history()), shiftsOf(history(decision.overrides)))).toEqual([
      { ...shiftOf(first), before: first, after: second },
      { ...inReturn, before: second, after: first },
    ]);
  });
});

describe('a date from which an edit counts', () => {
  const people = (written: Parameters<typeof revisionsInForce>[0], at: string): string[] =>
    specAt({ revisions: revisionsInForce(written) }, at)?.layers.flatMap((layer) => layer.people) ?? [];
  const old = { at: '2026-01-01T00:00:00Z', spec: spec(['ana']) };

  it('is a wall clock in the schedule’s zone, or an instant; in a skipped hour the first instant after it', () => {
    expect(iso(fromInstant('2026-12-01T09:00', 'Europe/Berlin'))).toBe('2026-12-01T08:00:00.000Z');
    expect(iso(fromInstant('2026-12-01', 'Europe/Berlin'))).toBe('2026-11-30T23:00:00.000Z');
    expect(iso(fromInstant('2026-12-01T09:00:00+05:30', 'Europe/Berlin'))).toBe('2026-12-01T03:30:00.000Z');
    expect(iso(fromInstant('2027-03-28T02:30', 'Europe/Berlin'))).toBe('2027-03-28T01:00:00.000Z');
    expect(() => fromInstant('soon', 'Europe/Berlin')).toThrow(/2026-12-01T09:00/);
  });

  it('takes nothing over early, and everything from then on', () => {
    const edited = [old, { at: now, spec: spec(['bo'], { from: '2026-12-01T09:00' }) }];
    expect(people(edited, '2026-12-01T07:59:59.999Z')).toEqual(['ana']);
    expect(people(edited, '2026-12-01T08:00:00.000Z')).toEqual(['bo']);
  });

  it('is replaced by a newer revision that counts earlier, and stays before one that counts later', () => {
    const pending = [old, { at: now, spec: spec(['bo'], { from: '2026-12-01T09:00' }) }];
    const sooner = [...pending, { at: inHours(1), spec: spec(['cleo']) }];
    expect(people(sooner, inHours(0.5))).toEqual(['ana']);
    expect(people(sooner, inHours(2))).toEqual(['cleo']);
    expect(people(sooner, '2026-12-02T00:00:00Z')).toEqual(['cleo']);
    const later = [...pending, { at: inHours(1), spec: spec(['cleo'], { from: '2026-12-10T09:00' }) }];
    expect(people(later, '2026-12-02T00:00:00Z')).toEqual(['bo']);
    expect(people(later, '2026-12-11T00:00:00Z')).toEqual(['cleo']);
  });

  it('never reaches back, but for the first revision; nobody is on call before that', () => {
    const back = [old, { at: now, spec: spec(['bo'], { from: '2026-02-01T09:00' }) }];
    expect(people(back, '2026-03-01T00:00:00Z')).toEqual(['ana']);
    const begins = [{ at: now, spec: spec(['ana'], { from: '2026-12-01T09:00' }) }];
    expect(people(begins, '2026-11-30T00:00:00Z')).toEqual([]);
    expect(people(begins, '2026-12-02T00:00:00Z')).toEqual(['ana']);
    const began = [{ at: now, spec: spec(['ana'], { from: '2026-02-01T09:00' }) }];
    expect(people(began, '2026-01-31T00:00:00Z')).toEqual([]);
    expect(people(began, '2026-03-01T00:00:00Z')).toEqual(['ana']);
  });

  it('a deleted schedule had nobody until it was made again', () => {
    const again = [old, { at: inHours(-48), spec: null }, { at: now, spec: spec(['bo']) }];
    expect(people(again, inHours(-49))).toEqual(['ana']);
    expect(people(again, inHours(-24))).toEqual([]);
    expect(people(again, inHours(1))).toEqual(['bo']);
  });
});

describe('whatever is accepted (I12)', () => {
  const change = { at: Date.parse('2026-10-25T01:00:00Z'), before: 120, after: 60 };
  const [from, to] = [iso(change.at - 20 * DAY), iso(change.at + 20 * DAY)];
  const span = fc
    .tuple(fc.integer({ min: -30 * 96, max: 30 * 96 }), fc.integer({ min: 1, max: 10 * 96 }))
    .map(([start, length]) => ({ from: change.at + start * 900_000, length: length * 900_000 }));
  const act = fc.record({
    kind: fc.constantFrom('override', 'swap', 'cancel', 'edit'),
    span,
    who: fc.integer({ min: 0, max: 4 }),
    at: fc.integer({ min: -25 * 24, max: 25 * 24 }),
  });

  it('shifts and gaps cover all time, once, and what was before an act stays as it was', () => {
    const names = ['p0', 'p1', 'p2', 'p3', 'p4'];
    const isPerson = (name: string) => names.includes(name);
    fc.assert(
      fc.property(fc.integer(), fc.array(act, { minLength: 1, maxLength: 12 }), (seed, acts) => {
        const zone = 'Europe/Berlin';
        const random = randomFrom(seed);
        const next = (): ScheduleSpec => {
          const { overrides: _none, ...made } = randomSchedule(zone, change, random);
          return made;
        };
        let written = [{ at: iso(change.at - 100 * DAY), spec: next() }];
        let overrides: Override[] = [];
        const all = (): ScheduleHistory => ({ revisions: revisionsInForce(written), overrides });
        for (const one of [...acts].sort((a, b) => a.at - b.at)) {
          const present = iso(change.at + one.at * HOUR);
          const before = resolve(all(), from, to);
          const person = names[one.who] ?? '';
          const wanted = { from: iso(one.span.from), to: iso(one.span.from + one.span.length) };
          if (one.kind === 'override') {
            const made = decideOverride(
              { person, ...wanted },
              { now: present, roleOf: () => 'responder', toCome: 0 },
            );
            if (made.kind === 'accepted')
              overrides = [...overrides, { person, from: made.from, to: made.to }];
          }
          if (one.kind === 'edit') written = [...written, { at: present, spec: next() }];
          if (one.kind === 'cancel') {
            // As the store reads it: cut at the instant of cancellation, removed when that precedes its start.
            overrides = overrides.flatMap((override, index) =>
              index !== one.who || override.to <= present
                ? [override]
                : override.from < present
                  ? [{ ...override, to: present }]
                  : [],
            );
          }
          if (one.kind === 'swap') {
            const shift = before.items.find((item) => item.from > present);
            if (shift !== undefined) {
              const holds = (who: string, time: Span) => holdsAll(resolve(all(), time.from, time.to), who);
              const request = { by: shift.person, to: null, shift, inReturn: null, state: 'open' } as const;
              const answer = decideSwapAccept({ ...request, decidedBy: null, decidedAt: null }, person, {
                now: present,
                isPerson,
                holds,
                people: names,
              });
              if (answer.kind === 'accepted') overrides = [...overrides, ...answer.overrides];
            }
          }
          const after = resolve(all(), from, to);
          const wrong = gapsIn(after, from, to);
          const early = compareShifts(before, after).filter((changed) => changed.from < present);
          expect({ wrong, early }).toEqual({ wrong: [], early: [] });
        }
      }),
      { numRuns: 60 },
    );
  });

  /** Points where two pieces overlap or leave a gap, or one is empty. */
  function gapsIn({ items, gaps }: ResolvedShifts, begin: string, end: string): object[] {
    const pieces = [...items, ...gaps].toSorted((a, b) => a.from.localeCompare(b.from));
    const edges = [{ to: begin }, ...pieces];
    const apart = pieces.filter((piece, index) => piece.from !== edges[index]?.to || piece.from >= piece.to);
    return edges.at(-1)?.to === end ? apart : [...apart, { missing: end }];
  }
});

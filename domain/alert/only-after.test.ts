import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HELD_BY_AFTER, onlyAfter, withTriggers } from './only-after.js';
import { judgementOf, passed, type Verdict } from './stage.js';

const now = '2026-11-30T12:00:00.000Z';
const ago = (minutes: number): string => new Date(Date.parse(now) - minutes * 60_000).toISOString();
const after = { count: 3, within: '10m' } as const;

describe('only after N in M minutes', () => {
  it.each([
    ['told once', [now], 'hold', 'told once within 10m; it pages when it is told 3 times within 10m'],
    [
      'told twice',
      [ago(2), now],
      'hold',
      'told 2 times within 10m; it pages when it is told 3 times within 10m',
    ],
    ['told three times', [ago(9), ago(2), now], 'pass', 'told 3 times within 10m; 3 are wanted'],
    ['told before the window', [ago(11), ago(10), ago(2), now], 'hold', 'told 2 times within 10m; it pages when it is told 3 times within 10m'], // prettier-ignore
  ])('%s', (_name, triggers, kind, text) => {
    const verdict = onlyAfter({ triggers, reopens: false }, after, now);
    expect(verdict).toMatchObject({ kind, reason: { stage: 'after', text } });
    if (verdict.kind === 'hold') expect(verdict.by).toBe(HELD_BY_AFTER);
  });

  it('holds nothing when nobody asked for it, and nothing that belongs to an incident already', () => {
    expect(onlyAfter({ triggers: [now], reopens: false }, undefined, now)).toEqual({ kind: 'pass' });
    expect(onlyAfter({ triggers: [now], reopens: true }, after, now).kind).toBe('pass');
  });

  it('never holds an alert that was told often enough, however its messages arrived', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 8 }), (counts) => {
        const triggers = counts.reduce<string[]>((earlier, count) => withTriggers(earlier, now, count), []);
        const told = counts.reduce((sum, count) => sum + count, 0);
        expect(triggers.length).toBeLessThanOrEqual(100);
        expect(onlyAfter({ triggers, reopens: false }, after, now).kind).toBe(told >= 3 ? 'pass' : 'hold');
      }),
    );
  });
});

describe('the chain of holding stages', () => {
  const hold: Verdict = {
    kind: 'hold',
    by: 'silence/1',
    until: null,
    reason: { stage: 'silence', decision: 'held', text: 'held by the silence of ana' },
  };
  const said: Verdict = { kind: 'pass', reason: { stage: 'after', decision: 'pass', text: 'often enough' } };

  it('ends at the first hold, and keeps every reason up to it', () => {
    expect(judgementOf([])).toEqual({ hold: null, reasons: [] });
    expect(judgementOf([passed, said])).toMatchObject({ hold: null, reasons: [{ text: 'often enough' }] });
    expect(judgementOf([said, hold, said])).toMatchObject({
      hold: { by: 'silence/1', until: null },
      reasons: [{ stage: 'after' }, { stage: 'silence' }],
    });
  });
});

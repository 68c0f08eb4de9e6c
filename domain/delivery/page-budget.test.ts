import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { budgetSlot, PAGES_PER_WINDOW, countPage, WINDOW_MS } from './page-budget.js';

const now = 1_800_000_000_000;

describe("a person's budget", () => {
  it('is twelve in any ten minutes, wherever they begin', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 120_000 }), { maxLength: 150 }), (pauses) => {
        const sent: number[] = [];
        let recent: number[] = [];
        let at = now;
        for (const pause of pauses) {
          at += pause;
          if (budgetSlot(recent, at).kind === 'later') continue;
          recent = countPage(recent, at);
          sent.push(at);
        }
        for (const first of sent)
          expect(sent.filter((one) => one >= first && one < first + WINDOW_MS).length).toBeLessThanOrEqual(
            PAGES_PER_WINDOW,
          );
      }),
    );
  });

  it('holds nobody for longer than the window, and the instant it names is enough', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: WINDOW_MS }), { maxLength: 60 }), (ages) => {
        const recent = ages.map((age) => now - age).toSorted((a, b) => a - b);
        const slot = budgetSlot(recent, now);
        if (slot.kind === 'now') return;
        expect(slot.atMs).toBeGreaterThan(now);
        expect(slot.atMs).toBeLessThanOrEqual(now + WINDOW_MS);
        expect(budgetSlot(recent, slot.atMs).kind).toBe('now');
      }),
    );
  });

  it('lets the first six go at once, and what gathers behind them ten seconds later', () => {
    const sent = Array.from({ length: 6 }, () => now);
    expect(budgetSlot(sent.slice(1), now)).toEqual({ kind: 'now' });
    expect(budgetSlot(sent, now + 1)).toEqual({
      kind: 'later',
      atMs: now + 10_000,
      because: 'held: 6 pages in 10 minutes',
    });
  });
});

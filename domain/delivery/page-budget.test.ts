import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { budgetTurn, PAGES_PER_WINDOW, spendBudget, WINDOW_MS } from './page-budget.js';

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
          if (budgetTurn(recent, at).kind === 'later') continue;
          recent = spendBudget(recent, at);
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
        const turn = budgetTurn(recent, now);
        if (turn.kind === 'now') return;
        expect(turn.atMs).toBeGreaterThan(now);
        expect(turn.atMs).toBeLessThanOrEqual(now + WINDOW_MS);
        expect(budgetTurn(recent, turn.atMs).kind).toBe('now');
      }),
    );
  });

  it('lets the first six go at once, and what gathers behind them ten seconds later', () => {
    const sent = Array.from({ length: 6 }, () => now);
    expect(budgetTurn(sent.slice(1), now)).toEqual({ kind: 'now' });
    expect(budgetTurn(sent, now + 1)).toEqual({
      kind: 'later',
      atMs: now + 10_000,
      because: 'held: 6 pages in 10 minutes',
    });
  });
});

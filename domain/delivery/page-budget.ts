/**
 * How many pages one person is sent at one address: 12 in any ten minutes (reliability.md T6). The first six go at once; then the
 * pauses grow, and each message carries what has gathered meanwhile, so a storm of any size is told within seconds and no phone
 * is made useless. Pure.
 */
export const PAGES_PER_WINDOW = 12;
export const WINDOW_MS = 600_000;

/** Milliseconds between the last page and the next, by the number of pages in the window. */
const PAUSES_MS = [0, 0, 0, 0, 0, 0, 10_000, 20_000, 40_000, 60_000, 90_000, 120_000];

export type BudgetTurn = { kind: 'now' } | { kind: 'later'; atMs: number; because: string };

/** `recentMs`: when pages were sent, oldest first. */
export function budgetTurn(
  recentMs: readonly number[],
  nowMs: number,
  what: 'pages' | 'notices' = 'pages',
): BudgetTurn {
  const within = recentMs.filter((at) => at > nowMs - WINDOW_MS);
  const last = within.at(-1);
  if (last === undefined) return { kind: 'now' };
  // Waiting out the pause, or until older pages have left the window and the pause is shorter: whichever comes first.
  const instants = [nowMs, ...within.map((at) => at + WINDOW_MS)].flatMap((freeMs, left) => {
    const pause = PAUSES_MS[within.length - left];
    return pause === undefined ? [] : [Math.max(freeMs, last + pause)];
  });
  const atMs = Math.min(...instants);
  return atMs <= nowMs
    ? { kind: 'now' }
    : { kind: 'later', atMs, because: `held: ${within.length} ${what} in 10 minutes` };
}

/** With one more sent now; no longer than is ever asked about. */
export const spendBudget = (recentMs: readonly number[], nowMs: number): number[] =>
  [...recentMs.filter((at) => at > nowMs - WINDOW_MS), nowMs].slice(-5 * PAGES_PER_WINDOW);

/** Programs, and an inbox that makes no sound: each incident is told by itself, and nobody's sleep is at stake. */
const UNCOUNTED: ReadonlySet<string> = new Set(['webhook', 'mailbox', 'canary']);

export const isCounted = (channel: string): boolean => !UNCOUNTED.has(channel);

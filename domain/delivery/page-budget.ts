/**
 * Per-person limit: at most 12 pages to one address in any ten minutes (docs/reliability.md T6). The first six go at once; then
 * the pauses grow and each message bundles the pages collected meanwhile, so a storm of any size is reported within seconds and
 * no phone is flooded. Pure.
 */
export const PAGES_PER_WINDOW = 12;
export const WINDOW_MS = 600_000;

/** Pause in milliseconds before the next page, by the number of pages in the window. */
const PAUSES_MS = [0, 0, 0, 0, 0, 0, 10_000, 20_000, 40_000, 60_000, 90_000, 120_000];

export type BudgetSlot = { kind: 'now' } | { kind: 'later'; atMs: number; because: string };

/** `recentMs`: times of sent pages, oldest first. */
export function budgetSlot(
  recentMs: readonly number[],
  nowMs: number,
  what: 'pages' | 'notices' = 'pages',
): BudgetSlot {
  const within = recentMs.filter((at) => at > nowMs - WINDOW_MS);
  const last = within.at(-1);
  if (last === undefined) return { kind: 'now' };
  // The next page waits for the pause, or until older pages leave the window and shorten the pause: whichever comes first.
  const instants = [nowMs, ...within.map((at) => at + WINDOW_MS)].flatMap((freeMs, left) => {
    const pause = PAUSES_MS[within.length - left];
    return pause === undefined ? [] : [Math.max(freeMs, last + pause)];
  });
  const atMs = Math.min(...instants);
  return atMs <= nowMs
    ? { kind: 'now' }
    : { kind: 'later', atMs, because: `held: ${within.length} ${what} in 10 minutes` };
}

/** Adds one page now and drops entries too old to matter. */
export const countPage = (recentMs: readonly number[], nowMs: number): number[] =>
  [...recentMs.filter((at) => at > nowMs - WINDOW_MS), nowMs].slice(-5 * PAGES_PER_WINDOW);

/** Webhooks and silent inboxes: each incident is sent separately and wakes no one. */
const UNCOUNTED: ReadonlySet<string> = new Set(['webhook', 'mailbox', 'canary']);

export const isCounted = (channel: string): boolean => !UNCOUNTED.has(channel);

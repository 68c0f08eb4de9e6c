/** The delivery ledger's rules (reliability.md §3): states, retries, and what a step's rows together say. */
export type DeliveryState =
  'planned' | 'sending' | 'accepted' | 'delivered' | 'failed' | 'exhausted' | 'suppressed';

const legal: Record<DeliveryState, readonly DeliveryState[]> = {
  planned: ['sending', 'suppressed'],
  sending: ['accepted', 'failed', 'sending', 'exhausted', 'suppressed'],
  accepted: ['delivered', 'failed'],
  delivered: [],
  failed: ['sending', 'exhausted'],
  exhausted: [],
  suppressed: [],
};

export const isLegalMove = (from: DeliveryState, to: DeliveryState): boolean => legal[from].includes(to);

/** How long a sender may hold a row before others call the attempt ambiguous. Longer than any channel's time-out. */
export const LEASE_MS = 30_000;
/** A first attempt rides in a local activity, far under the workflow task's 10 s. */
export const FIRST_ATTEMPT_TIMEOUT_MS = 3_000;
export const RETRY_TIMEOUT_MS = 15_000;
/** Owed for this long without a sender: the break-glass pager takes it. */
export const OWED_LATE_MS = 60_000;

/** So many attempts at one contact have failed: the person's next one is tried beside it, not after it. */
export const FALLBACK_AFTER_ATTEMPTS = 2;

const backoffMs = [2_000, 10_000, 30_000, 60_000, 120_000];

/** Milliseconds to the next attempt after attempt `n` (1 = first), or null when it was the last. */
export function retryDelayMs(n: number, retryAfterMs?: number): number | null {
  const planned = backoffMs[n - 1];
  return planned === undefined ? null : Math.max(planned, Math.min(retryAfterMs ?? 0, 300_000));
}

/** A step whose every row has ended without reaching anybody is dead: go on at once instead of waiting it out (R5). */
export function isDeadStep(states: readonly DeliveryState[]): boolean {
  return (
    states.length > 0 &&
    states.every((state) => state === 'exhausted' || state === 'suppressed') &&
    states.includes('exhausted')
  );
}

/** The delivery ledger's rules (reliability.md §3): states, retries, and what a step's rows together say. */
export type DeliveryState =
  'planned' | 'sending' | 'accepted' | 'delivered' | 'failed' | 'exhausted' | 'suppressed';

const legal: Record<DeliveryState, readonly DeliveryState[]> = {
  planned: ['sending', 'suppressed'],
  // A receipt may overtake the answer that it is the receipt of: then it is delivered at once.
  sending: ['accepted', 'delivered', 'failed', 'sending', 'exhausted', 'suppressed'],
  accepted: ['delivered', 'failed'],
  delivered: [],
  // An earlier attempt's "accepted" may be written late: then the row is told, whatever others have made of it since.
  failed: ['sending', 'exhausted', 'accepted', 'delivered'],
  exhausted: ['accepted', 'delivered'],
  suppressed: [],
};

export const isLegalMove = (from: DeliveryState, to: DeliveryState): boolean => legal[from].includes(to);

/** How long a sender may hold a row before others call the attempt ambiguous. Longer than any channel's time-out. */
export const LEASE_MS = 30_000;
/** A first attempt rides in a local activity, far under the workflow task's 10 s. */
export const FIRST_ATTEMPT_TIMEOUT_MS = 3_000;
export const RETRY_TIMEOUT_MS = 15_000;

/** So many attempts at one contact have failed: the person's next one is tried beside it, not after it. */
export const FALLBACK_AFTER_ATTEMPTS = 2;

const backoffMs = [2_000, 10_000, 30_000, 60_000, 120_000];

/**
 * Milliseconds to the next attempt after attempt `n` (1 = first), or null when it was the last. With the ledger key, up to a
 * quarter later, always the same for this key and attempt: what failed together in an outage does not come back together (R16).
 */
export function retryDelayMs(n: number, retryAfterMs?: number, key = ''): number | null {
  const planned = backoffMs[n - 1];
  if (planned === undefined) return null;
  const delayMs = Math.max(planned, Math.min(retryAfterMs ?? 0, 300_000));
  return Math.round(delayMs * (1 + jitter(key, n) / 4));
}

/** From 0 up to 1, out of the key's hexadecimal digits; 0 for a key without any. */
function jitter(key: string, n: number): number {
  const digits = Number.parseInt(key.slice(4 * n, 4 * n + 4), 16);
  return Number.isNaN(digits) ? 0 : digits / 0x1_0000;
}

/** A step whose every row has ended without reaching anybody is dead: go on at once instead of waiting it out (R5). */
export function isDeadStep(states: readonly DeliveryState[]): boolean {
  return (
    states.length > 0 &&
    states.every((state) => state === 'exhausted' || state === 'suppressed') &&
    states.includes('exhausted')
  );
}

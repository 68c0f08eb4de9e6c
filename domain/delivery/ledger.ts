/** Rules of the delivery ledger (docs/reliability.md §3): states, retries, and the combined result of a step's rows. */
export type DeliveryState =
  'planned' | 'sending' | 'accepted' | 'delivered' | 'failed' | 'exhausted' | 'suppressed';

const legal: Record<DeliveryState, readonly DeliveryState[]> = {
  planned: ['sending', 'suppressed'],
  // A receipt may arrive before the provider's response to the send; the row is then delivered at once.
  sending: ['accepted', 'delivered', 'failed', 'sending', 'exhausted', 'suppressed'],
  accepted: ['delivered', 'failed'],
  delivered: [],
  // An earlier attempt's "accepted" may be written late; it wins over failures recorded in the meantime.
  failed: ['sending', 'exhausted', 'accepted', 'delivered'],
  exhausted: ['accepted', 'delivered'],
  suppressed: [],
};

export const isLegalMove = (from: DeliveryState, to: DeliveryState): boolean => legal[from].includes(to);

/** Time that a sender holds a row before the attempt counts as ambiguous. Longer than every channel's timeout. */
export const LEASE_MS = 30_000;
/** A first attempt runs in a local activity, far below the workflow task's 10 s. */
export const FIRST_ATTEMPT_TIMEOUT_MS = 3_000;
export const RETRY_TIMEOUT_MS = 15_000;

/** After so many failed attempts at one contact the person's next contact is tried in parallel. */
export const FALLBACK_AFTER_ATTEMPTS = 2;

const backoffMs = [2_000, 10_000, 30_000, 60_000, 120_000];

/**
 * Milliseconds to the next attempt after attempt `n` (1 = first), or null after the last one. The ledger key adds up to a
 * quarter, deterministic per key and attempt, so that messages that failed together in an outage do not return together
 * (docs/reliability.md R16).
 */
export function retryDelayMs(n: number, retryAfterMs?: number, key = ''): number | null {
  const planned = backoffMs[n - 1];
  if (planned === undefined) return null;
  const delayMs = Math.max(planned, Math.min(retryAfterMs ?? 0, 300_000));
  return Math.round(delayMs * (1 + jitter(key, n) / 4));
}

/** From 0 up to 1, from the key's hexadecimal digits; 0 for a key without any. */
function jitter(key: string, n: number): number {
  const digits = Number.parseInt(key.slice(4 * n, 4 * n + 4), 16);
  return Number.isNaN(digits) ? 0 : digits / 0x1_0000;
}

/**
 * A step whose rows have all ended without reaching a person is dead: the escalation continues at once instead of waiting
 * (docs/reliability.md R5).
 */
export function isDeadStep(states: readonly DeliveryState[]): boolean {
  return (
    states.length > 0 &&
    states.every((state) => state === 'exhausted' || state === 'suppressed') &&
    states.includes('exhausted')
  );
}

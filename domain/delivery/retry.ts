/** Pauses between the attempts at one message: of the ledger, and of codes and test pages. */

/** After so many failed attempts at one contact the person's next contact is tried in parallel. */
export const FALLBACK_AFTER_ATTEMPTS = 2;

const backoffMs = [2_000, 10_000, 30_000, 60_000, 120_000];

/** Result of one attempt, as far as it decides about the next one (`SendOutcome`). */
export type AttemptResult =
  | { kind: 'accepted' }
  | { kind: 'failed'; permanent: boolean; retryAfterMs?: number }
  | { kind: 'ambiguous' };

/** Milliseconds to the attempt after this one; null when the message was accepted or is given up. */
export function nextAttemptInMs(
  outcome: AttemptResult,
  { attempt, key }: { attempt: number; key: string },
): number | null {
  switch (outcome.kind) {
    case 'accepted':
      return null;
    case 'ambiguous':
      return retryDelayMs(attempt, undefined, key);
    case 'failed':
      return outcome.permanent ? null : retryDelayMs(attempt, outcome.retryAfterMs, key);
  }
}

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

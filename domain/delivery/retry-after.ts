/** Parses a provider's retry delay. Pure. */

/** Upper limit, so that a provider cannot postpone a page indefinitely. */
const LONGEST_WAIT_MS = 300_000;

/**
 * RFC 9110 §10.2.3: seconds or an HTTP date; a number, as some providers send in the body, is seconds too. Null when unreadable.
 * Every channel uses this parser, so that all accept the same forms.
 */
export function retryAfterMs(asked: unknown, now: Date, longestMs = LONGEST_WAIT_MS): number | null {
  const wanted = wantedMs(asked, now);
  return Number.isNaN(wanted) ? null : Math.min(Math.max(wanted, 0), longestMs);
}

function wantedMs(asked: unknown, now: Date): number {
  if (typeof asked === 'number') return asked < 0 ? NaN : Math.ceil(asked * 1000);
  const text = typeof asked === 'string' ? asked.trim() : '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  return /[a-z]{3},? \d/i.test(text) ? Date.parse(text) - now.getTime() : NaN;
}

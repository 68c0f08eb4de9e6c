/** Maps a receiver's response to a ledger outcome. Pure. */
import type { SendOutcome } from '../../../ports/channel.js';
import type { EgressOutcome } from '../../../ports/egress.js';
import { retryAfterMs } from '../../../domain/delivery/retry-after.js';
import { isGatewayTimeout } from '../../shared/send/gateway-timeout.js';

const PROVIDER = 'webhook';
type Failed = Extract<SendOutcome, { kind: 'failed' }>;

/** Delay for "slow down" without a `Retry-After`. */
const DEFAULT_RETRY_AFTER_MS = 5_000;
const MAX_SHOWN_BODY = 200;

/**
 * - 2xx: accepted. The body is not read.
 * - 410: the endpoint is permanently gone: `permanent`.
 * - 429, 502, 503: tried again, not before `Retry-After` (seconds or date, at most 5 minutes).
 * - other statuses, 3xx and 4xx included: tried again. A wrong secret or path is usually repaired on the other side within the
 *   minutes of the ledger's retries, while a page that was given up is lost.
 * - refused by the egress rules: `permanent`, only the operator can change it.
 * - no answer after the request was written, or a gateway timeout (504): `ambiguous`.
 */
export function readAnswer(answer: EgressOutcome, now: Date, provider = PROVIDER): SendOutcome {
  const failed = (error: string, permanent: boolean): Failed => ({
    kind: 'failed',
    provider,
    error,
    permanent,
  });
  switch (answer.kind) {
    case 'refused':
      return failed(`refused: ${answer.reason}`, true);
    case 'unreachable':
      return failed(`unreachable: ${answer.reason}`, false);
    case 'interrupted':
      return { kind: 'ambiguous', provider, error: answer.reason };
    case 'answered': {
      const { status } = answer;
      if (status >= 200 && status < 300) return { kind: 'accepted', provider, providerId: null };
      if (status === 410) return failed('410: the receiver has disabled this endpoint', true);
      if (status >= 300 && status < 400)
        return failed(`${status}: redirects are not followed; give the final URL`, false);
      const error = `${status}: ${answer.body.replace(/\s+/g, ' ').trim().slice(0, MAX_SHOWN_BODY) || 'no reason given'}`;
      if (isGatewayTimeout(status)) return { kind: 'ambiguous', provider, error };
      if (![429, 502, 503].includes(status)) return failed(error, false);
      const waitMs = retryAfterMs(answer.headers['retry-after'], now) ?? DEFAULT_RETRY_AFTER_MS;
      return { ...failed(error, false), retryAfterMs: waitMs };
    }
  }
}

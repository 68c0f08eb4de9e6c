/** Maps a phone provider's API response to a ledger outcome. Pure. */
import type { SendOutcome } from '../../../ports/channel.js';
import type { EgressOutcome } from '../../../ports/egress.js';
import { retryAfterMs } from '../../../domain/delivery/retry-after.js';
import { isGatewayTimeout } from '../../shared/send/gateway-timeout.js';
import { isObject } from '../../../domain/shared/is-object.js';

const MAX_SHOWN = 300;

type Answered = Extract<EgressOutcome, { kind: 'answered' }>;
type Failed = Extract<SendOutcome, { kind: 'failed' }>;

/** The exchange produced no response. `unreachable`: nothing was written, so nothing was accepted. */
export function unanswered(provider: string, outcome: Exclude<EgressOutcome, Answered>): SendOutcome {
  switch (outcome.kind) {
    case 'refused':
      return failed(provider, `refused: ${outcome.reason}`, true);
    case 'unreachable':
      return failed(provider, `unreachable: ${outcome.reason}`, false);
    case 'interrupted':
      return { kind: 'ambiguous', provider, error: outcome.reason };
  }
}

/**
 * Not 2xx. A gateway timeout: ambiguous. 408, 429 and other 5xx: not accepted, perhaps later. 401 and 403: the account, which may
 * be repaired. Other 4xx: the request itself, which a retry does not change. A busy provider may state a delay.
 */
export function refusal(
  provider: string,
  { status, headers }: Pick<Answered, 'status' | 'headers'>,
  reason: string,
  now: Date = new Date(),
): SendOutcome {
  const error = `${status}: ${oneLine(reason) || 'no reason given'}`;
  if (isGatewayTimeout(status)) return { kind: 'ambiguous', provider, error };
  const isPermanent = status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
  const outcome = failed(provider, error, isPermanent);
  const waitMs = [429, 503].includes(status) ? retryAfterMs(headers['retry-after'], now) : null;
  return waitMs === null ? outcome : { ...outcome, retryAfterMs: waitMs };
}

export function failed(provider: string, error: string, permanent: boolean): Failed {
  return { kind: 'failed', provider, error, permanent };
}

/** The parsed JSON object, or null when it is none. */
export function jsonObject(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export const textAt = (value: unknown, name: string): string | null => {
  const found = isObject(value) ? value[name] : undefined;
  return typeof found === 'string' && found !== '' ? found : typeof found === 'number' ? String(found) : null;
};

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, MAX_SHOWN);

/** Maps a push provider's HTTP response to a ledger outcome, for the common part of all providers. Pure. */
import type { SendOutcome } from '../../../ports/channel.js';
import type { EgressOutcome } from '../../../ports/egress.js';
import { retryAfterMs } from '../../../domain/delivery/retry-after.js';
import { isGatewayTimeout } from './gateway-timeout.js';

export type Answered = Extract<EgressOutcome, { kind: 'answered' }>;

const MAX_SHOWN_BODY = 200;
/** Delay for a busy provider that states none. */
const DEFAULT_WAIT_MS = 5_000;

/**
 * `read` interprets the response, errors in a 200 included. Where it returns null, 2xx is accepted, 429 and 5xx are retried (not
 * before `Retry-After`), and every other response concerns this request, so the next contact is tried at once (`permanent`). A
 * request written without a response is ambiguous, and so is a gateway timeout.
 */
export function readProviderAnswer(
  provider: string,
  answer: EgressOutcome,
  read: (answer: Answered, now: Date) => SendOutcome | null,
  now: Date = new Date(),
): SendOutcome {
  switch (answer.kind) {
    case 'refused':
      return failure(provider, `refused: ${answer.reason}`, true);
    case 'unreachable':
      return failure(provider, `unreachable: ${answer.reason}`, false);
    case 'interrupted':
      return { kind: 'ambiguous', provider, error: answer.reason };
    case 'answered':
      if (isGatewayTimeout(answer.status)) return { kind: 'ambiguous', provider, error: shownAnswer(answer) };
      return read(answer, now) ?? usual(provider, answer, now);
  }
}

export function failure(
  provider: string,
  error: string,
  permanent: boolean,
): Extract<SendOutcome, { kind: 'failed' }> {
  return { kind: 'failed', provider, error, permanent };
}

/** Status and the beginning of the body, on one line. */
export const shownAnswer = ({ status, body }: Answered): string =>
  `${status}: ${body.replace(/\s+/g, ' ').trim().slice(0, MAX_SHOWN_BODY) || 'no reason given'}`;

/** The body as an object; empty when it is none. */
export function answerJson({ body }: Answered): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function usual(provider: string, answer: Answered, now: Date): SendOutcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'accepted', provider, providerId: null };
  const isBusy = status === 429 || status >= 500;
  if (!isBusy) return failure(provider, shownAnswer(answer), true);
  return {
    ...failure(provider, shownAnswer(answer), false),
    retryAfterMs: retryAfterMs(answer.headers['retry-after'], now) ?? DEFAULT_WAIT_MS,
  };
}

/** Order of providers, and failover: the next one is used only when the previous one certainly did not accept the message. */
import type { SendOutcome, SendRequest } from '../../../ports/channel.js';
import type { PhoneProvider, ProviderOutcome } from './provider.js';

/** Share of an attempt's time that a provider may use while another one remains. */
const SHARE = 0.6;
/** Too little time for another connection. */
const LEAST_MS = 200;

/**
 * After an attempt with unknown outcome, the next one starts with the next provider: a hanging one would otherwise consume every
 * attempt.
 */
export function inOrder(
  providers: readonly PhoneProvider[],
  { attempt, possibleDuplicate }: { attempt: number; possibleDuplicate: boolean },
): PhoneProvider[] {
  const first = possibleDuplicate && providers.length > 0 ? (attempt - 1) % providers.length : 0;
  return [...providers.slice(first), ...providers.slice(0, first)];
}

/** `stillWanted`: checked before each further provider, because the previous one may have hung for seconds. */
export async function sendThrough(
  providers: readonly PhoneProvider[],
  { timeoutMs, stillWanted }: Pick<SendRequest, 'timeoutMs' | 'stillWanted'>,
  send: (provider: PhoneProvider, timeoutMs: number) => Promise<ProviderOutcome>,
): Promise<SendOutcome> {
  const until = performance.now() + timeoutMs;
  const failures: Extract<ProviderOutcome, { kind: 'failed' }>[] = [];
  for (const [n, provider] of providers.entries()) {
    if (n > 0 && (await stillWanted?.()) === false) break;
    const leftMs = until - performance.now();
    if (n > 0 && leftMs < LEAST_MS) break;
    const isLast = n === providers.length - 1;
    const outcome = await send(provider, Math.ceil(isLast ? leftMs : leftMs * SHARE));
    if (outcome.kind !== 'failed') return withEarlier(outcome, failures);
    failures.push(outcome);
    if (outcome.isFinal === true) break;
  }
  return together(failures, failures.length === providers.length);
}

/** An ambiguous attempt includes the failures before it; an accepted one has no field for them. */
function withEarlier(
  outcome: Exclude<ProviderOutcome, { kind: 'failed' }>,
  failures: readonly { provider: string; error: string }[],
): SendOutcome {
  if (outcome.kind === 'accepted' || failures.length === 0) return outcome;
  return { ...outcome, error: `${failures.map(described).join('; ')}; ${described(outcome)}` };
}

/** Permanent only when every provider says so, or the person has opted out. */
function together(
  failures: readonly Extract<ProviderOutcome, { kind: 'failed' }>[],
  isComplete: boolean,
): SendOutcome {
  const last = failures.at(-1);
  if (last === undefined)
    return { kind: 'failed', provider: 'phone', error: 'no provider is set up', permanent: true };
  const waits = failures.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  return {
    kind: 'failed',
    provider: last.provider,
    error: failures.map(described).join('; '),
    permanent:
      failures.some(({ isFinal }) => isFinal === true) ||
      (isComplete && failures.every((one) => one.permanent)),
    ...(waits.length === failures.length ? { retryAfterMs: Math.min(...waits) } : {}),
  };
}

const described = ({ provider, error }: { provider: string; error: string }): string =>
  `${provider}: ${error}`;

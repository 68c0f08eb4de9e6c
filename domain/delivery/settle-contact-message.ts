/**
 * Decides what an attempt's result makes of a code, test page, sign-in link or notice. It is retried at the pauses of pages, but
 * nobody is paged instead: a message that is to be tried again is `planned`, and `failed` is final.
 */
import { type AttemptResult, nextAttemptInMs } from './retry.js';

export function settleContactMessage(
  message: { attempt: number; key: string },
  outcome: AttemptResult,
): { state: 'planned' | 'accepted' | 'failed'; retryInMs: number | null } {
  if (outcome.kind === 'accepted') return { state: 'accepted', retryInMs: null };
  const retryInMs = nextAttemptInMs(outcome, message);
  return { state: retryInMs === null ? 'failed' : 'planned', retryInMs };
}

import { expect, it } from '@jest/globals';
import type { AttemptResult } from './retry.js';
import { settleContactMessage } from './settle-contact-message.js';

it.each<[AttemptResult, number, ReturnType<typeof settleContactMessage>]>([
  [{ kind: 'accepted' }, 1, { state: 'accepted', retryInMs: null }],
  [{ kind: 'failed', permanent: false }, 1, { state: 'planned', retryInMs: 2_000 }],
  [{ kind: 'failed', permanent: false, retryAfterMs: 60_000 }, 1, { state: 'planned', retryInMs: 60_000 }],
  [{ kind: 'failed', permanent: false }, 6, { state: 'failed', retryInMs: null }],
  [{ kind: 'failed', permanent: true }, 1, { state: 'failed', retryInMs: null }],
  [{ kind: 'ambiguous' }, 2, { state: 'planned', retryInMs: 10_000 }],
  [{ kind: 'ambiguous' }, 6, { state: 'failed', retryInMs: null }],
])('a code after %j of attempt %i', (outcome, attempt, expected) => {
  expect(settleContactMessage({ attempt, key: '' }, outcome)).toEqual(expected);
});

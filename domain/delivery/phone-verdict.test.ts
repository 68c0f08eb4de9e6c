import { describe, expect, it } from '@jest/globals';
import { verdictOf } from './phone-verdict.js';

describe('the status of a text or a call', () => {
  it.each<[string, string | null, string | null]>([
    ['queued', null, null],
    ['sent', null, null],
    ['partially_delivered', null, null],
    ['delivered', null, 'delivered'],
    ['read', null, 'read'],
    ['undelivered', null, 'failed'],
    ['delivery_failed', null, 'failed'],
    ['delivery_unconfirmed', null, null],
    ['initiated', null, null],
    ['in-progress', null, null],
    ['busy', null, 'failed'],
    ['no-answer', null, 'failed'],
    ['completed', null, null],
    ['completed', 'human', 'delivered'],
    ['completed', 'machine_start', 'failed'],
    ['', 'machine', 'failed'],
    ['', 'fax', 'failed'],
    ['', 'unknown', null],
    ['', 'not_sure', null],
  ])('%s, taken by %s: %s', (status, answeredBy, verdict) =>
    expect(verdictOf({ status, answeredBy, error: null })?.verdict ?? null).toBe(verdict),
  );
});

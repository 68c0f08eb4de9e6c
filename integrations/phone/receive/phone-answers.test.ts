import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { pagedFixture } from '../../../db/testing/paged-fixture.js';
import { withDatabase } from '../../../test/harness/database.js';
import { answerText, verdictOf } from './phone-answers.js';
import { countSegments } from '../../../domain/delivery/sms-segments.js';
import { readEvent } from '../../telnyx/receive/event.js';
import { signatureProblem, telnyxKey } from '../../telnyx/receive/signature.js';

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

it('the answer to a text has three segments at the most, whatever the incident is called', () =>
  withDatabase(async (db) => {
    const stack = await pagedFixture(db);
    const { id, number } = await stack.page();
    await stack.query(
      `UPDATE incident SET state = jsonb_set(state, '{title}', to_jsonb(repeat('я', 3000))) WHERE id = $1`,
      [id],
    );
    const limits = { countries: [], dailyLimit: 10, dailyLimitPerPerson: 10 };
    const answer = await answerText(stack.store, limits, {
      from: '+4930123456',
      text: 'ack',
      messageId: 'SM1',
    });
    expect(answer).toMatch(new RegExp(`^${number} is acknowledged by you: я+\\.\\.\\.$`));
    expect(countSegments(answer ?? '')).toEqual({ encoding: 'UCS-2', segments: 3 });
  }));

describe('the signature of Telnyx', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const base64 = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  const key = telnyxKey(base64);
  const now = 1_800_000_000;
  const headers = (timestamp: number, body: string) => ({
    'telnyx-timestamp': String(timestamp),
    'telnyx-signature-ed25519': sign(null, Buffer.from(`${timestamp}|${body}`), privateKey).toString(
      'base64',
    ),
  });

  it.each<[string, number, string, string | null]>([
    ['right', now, 'body', null],
    ['a little early or late', now - 299, 'body', null],
    ['replayed', now - 301, 'body', 'the timestamp is not of now'],
    ['of the future', now + 301, 'body', 'the timestamp is not of now'],
    ['of another body', now, 'other', 'the signature does not belong to this body'],
  ])('%s', (_what, timestamp, body, problem) => {
    expect(key === null ? 'no key' : signatureProblem(key, headers(timestamp, 'body'), body, now)).toBe(
      problem,
    );
  });

  it('is reported when it is missing, and an invalid key is reported as invalid', () => {
    expect(key === null ? 'no key' : signatureProblem(key, {}, 'body', now)).toBe('no signature');
    expect(telnyxKey('bm90IGEga2V5')).toBeNull();
  });
});

describe('an event of Telnyx', () => {
  it.each(['', '[]', '{"data":{}}', '{"data":{"id":"1","event_type":"message.sent"}}', 'x'])(
    'that cannot be read is none: %j',
    (body) => expect(readEvent(body)).toBeNull(),
  );

  it('of another kind is ignored', () => {
    const data = { id: '1', event_type: 'number_order.complete', payload: {} };
    expect(readEvent(JSON.stringify({ data }))).toEqual({ kind: 'other' });
  });
});

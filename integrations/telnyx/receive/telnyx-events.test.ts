import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readEvent } from './event.js';
import { signatureProblem, telnyxKey } from './signature.js';

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

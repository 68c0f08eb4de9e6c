/** Stored request bodies contain no ingest keys. */
import { describe, expect, it } from '@jest/globals';
import { withoutKeys } from '../../api/ingest/without-keys.js';

const KEY = 'k3yk3yk3yk3yk3yk3yk3yk3yk3yk3y12';
const kept = (body: string, keys: Parameters<typeof withoutKeys>[1]): string =>
  Buffer.from(withoutKeys(Buffer.from(body), keys)).toString();

describe('M9: a body that is kept', () => {
  it('has the routing key blanked, also where it is repeated, and nothing else changed', () => {
    const body = (key: string): string =>
      JSON.stringify({ routing_key: key, payload: { summary: 'Grün ☃', url: `https://x/in/${key}/v2` } });
    expect(kept(body(KEY), { brought: KEY })).toBe(body('*'.repeat(32)));
  });

  it.each([
    ['one letter', `{"routing_key":"\\u006b${KEY.slice(1)}"}`],
    [
      'every letter',
      `{"routing_key":"${Array.from(KEY, (one) => `\\u00${one.charCodeAt(0).toString(16)}`).join('')}"}`,
    ],
  ])('also when it was written with escapes: %s', (_, body) => {
    expect((JSON.parse(body) as { routing_key: string }).routing_key).toBe(KEY);
    const text = kept(body, { brought: KEY });
    expect(text).toMatch(/^\{"routing_key":"\*+"\}$/);
  });

  it('has the key of its address blanked', () => {
    expect(kept(`{"from":"/in/${KEY}"}`, { inPath: KEY })).toBe(`{"from":"/in/${'*'.repeat(32)}"}`);
  });

  it('without one is the same bytes', () => {
    const raw = new Uint8Array([0x7b, 0xff, 0x00, 0x7d]);
    expect(withoutKeys(raw, { brought: undefined, inPath: KEY })).toBe(raw);
  });
});

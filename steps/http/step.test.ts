import { describe, expect, it } from '@jest/globals';
import { secretMarker } from '../../domain/runbook/secret-marker.js';
import { http } from './step.js';

const scope = (x: unknown) => ({ inputs: { x }, incident: {}, alert: null, steps: {} });
const rendered = (call: Parameters<typeof http.render>[0], x: unknown) =>
  http.render(call, { scope: scope(x), hosts: undefined, limitMs: null }).call;

describe('an http step', () => {
  it('escapes a value for its position', () => {
    expect(
      rendered(
        {
          url: 'https://db/${{ inputs.x }}?q=${{ inputs.x }}',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: 'a=${{ inputs.x }}&b=1',
        },
        'c&d/e',
      ),
    ).toMatchObject({ url: 'https://db/c%26d%2Fe?q=c%26d%2Fe', body: 'a=c%26d%2Fe&b=1' });
  });

  it('keeps a secret as a marker', () => {
    const call = rendered({ url: 'https://db/', headers: { k: '${{ secrets.db }}' } }, '');
    expect(call.headers).toEqual({ k: secretMarker('db') });
  });

  it('stays as written without a scope, and has 30 s by default', () => {
    const call = { url: 'https://db/${{ inputs.x }}' };
    expect(http.render(call, { scope: null, hosts: undefined, limitMs: null })).toEqual({
      kind: 'http',
      call,
      timeoutMs: 30_000,
    });
  });

  it.each([
    [undefined, true],
    ['GET', true],
    ['HEAD', true],
    ['POST', false],
    ['DELETE', false],
  ] as const)('with the method %s may be repeated after a loss: %s', (method, isRepeatable) => {
    expect(http.isRepeatable?.({ url: 'https://db/', ...(method && { method }) })).toBe(isRepeatable);
  });
});

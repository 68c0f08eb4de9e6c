import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fingerprintOf } from './fingerprint.js';

/** FNV-1a of 64 bits by its definition, with BigInt. */
function byDefinition(labels: readonly (readonly [string, string])[]): string {
  let sum = 0xcbf29ce484222325n;
  for (const text of [...labels].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).flat()) {
    for (const byte of [...new TextEncoder().encode(text), 0xff])
      sum = ((sum ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return sum.toString(16).padStart(16, '0');
}

it('is FNV-1a of 64 bits over sorted names and values, each ended by 0xff', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), (labels) => {
      expect(fingerprintOf(labels)).toBe(byDefinition(labels));
    }),
    { numRuns: 1_000 },
  );
});

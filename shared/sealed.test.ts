import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { seal, unseal } from './sealed.js';

it('a sealed secret opens for its owner, with its root key, unchanged, and for nobody else', () => {
  const root = randomBytes(32);
  const sealed = seal(root, 'ana/hook', 'whsec_abc');
  expect(sealed.includes('whsec_abc')).toBe(false);
  expect(unseal(root, 'ana/hook', sealed)).toBe('whsec_abc');
  expect(unseal(root, 'bo/hook', sealed)).toBeNull();
  expect(unseal(randomBytes(32), 'ana/hook', sealed)).toBeNull();
  expect(unseal(root, 'ana/hook', Buffer.concat([sealed.subarray(0, -1), Buffer.from([0])]))).toBeNull();
  expect(unseal(root, 'ana/hook', sealed.subarray(0, 20))).toBeNull();
  expect(seal(root, 'ana/hook', 'whsec_abc').equals(sealed)).toBe(false);
});

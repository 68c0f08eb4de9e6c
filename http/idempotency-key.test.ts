/** Idempotency of forms: a form that is sent twice has the same key and the same digest. */
import { expect, it } from '@jest/globals';
import { idempotencyOfForm } from './idempotency-key.js';

it('the key of a form is its hidden field, and the digest leaves out what differs between two renderings', () => {
  const form = { title: 'Replica lag', idempotencyKey: 'k', csrf: 'a', position: '7' };
  const first = idempotencyOfForm(form);
  expect(first?.key).toBe('k');
  expect(idempotencyOfForm({ ...form, csrf: 'b', position: '8' })).toEqual(first);
  expect(idempotencyOfForm({ ...form, title: 'Another' })?.digest).not.toBe(first?.digest);
  expect(idempotencyOfForm({ title: 'Replica lag' })).toBeUndefined();
});

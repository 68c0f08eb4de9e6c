/** Secrets at rest: AES-256-GCM under a key derived from the root key, bound to their owner. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type RootKeys, rootKeysOf, sealingKey } from './keys.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `owner` is authenticated: a secret moved to another row cannot be opened. Nonce, ciphertext, tag. */
export function seal(root: Buffer, owner: string, secret: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(root, 'contact'), nonce);
  cipher.setAAD(Buffer.from(owner));
  return Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** Null when the secret was not sealed by one of these root keys for this owner, or was changed since. */
export function unseal(keys: Buffer | RootKeys, owner: string, sealed: Buffer): string | null {
  for (const root of rootKeysOf(keys)) {
    const opened = unsealWith(root, owner, sealed);
    if (opened !== null) return opened;
  }
  return null;
}

/** Seals again under the current key; null when no key opens it. */
export function resealed(keys: RootKeys, owner: string, sealed: Buffer): Buffer | null {
  const opened = unseal(keys, owner, sealed);
  return opened === null ? null : seal(keys[0], owner, opened);
}

function unsealWith(root: Buffer, owner: string, sealed: Buffer): string | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(
    'aes-256-gcm',
    sealingKey(root, 'contact'),
    sealed.subarray(0, NONCE_BYTES),
  );
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const text = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return text.toString('utf8');
  } catch {
    return null;
  }
}

const MARK = 'sealed:';

/** For text inside JSON. */
export const sealText = (root: Buffer, owner: string, secret: string): string =>
  `${MARK}${seal(root, owner, secret).toString('base64')}`;

export const isSealedText = (text: string): boolean => text.startsWith(MARK);

/** Unsealed text is returned as it is; null when no key opens it. */
export const unsealText = (keys: Buffer | RootKeys, owner: string, text: string): string | null =>
  isSealedText(text) ? unseal(keys, owner, Buffer.from(text.slice(MARK.length), 'base64')) : text;

/**
 * Keys and tokens derived from the root key `TOCSIN_SECRET_KEY`: one derived key per purpose (HKDF by HMAC-SHA-256).
 */
import { createECDH, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** No vowels, so that a code is no word, and no letters that look like others. */
const CODE_LETTERS = 'bcdfghjkmnpqrstvwxz';
const CODE_LENGTH = 5;

/**
 * The current root key, then previous ones during a key change, which still open what they sealed
 * (`TOCSIN_SECRET_KEY_PREVIOUS`).
 */
export type RootKeys = readonly [current: Buffer, ...previous: Buffer[]];

export const rootKeysOf = (keys: Buffer | RootKeys): RootKeys => (Buffer.isBuffer(keys) ? [keys] : keys);

const derive = (root: Buffer, purpose: string, subject: string): Buffer =>
  createHmac('sha256', createHmac('sha256', root).update(`tocsin/${purpose}`).digest())
    .update(subject)
    .digest();

/**
 * The token of a link, 192 bit, the same on every attempt of one delivery: a retry contains the same link although
 * only its hash is stored (ADR 0003).
 */
export const linkToken = (root: Buffer, ledgerKey: string): string =>
  derive(root, 'link', ledgerKey).subarray(0, 24).toString('base64url');

/** Standard Webhooks secret of a contact whose document has none. */
export const webhookSecret = (root: Buffer, person: string, contact: string): string =>
  `whsec_${derive(root, 'webhook', `${person}/${contact}`).toString('base64')}`;

/**
 * Signing secret of a subscription whose document has none. A person's name contains no slash, so the two never
 * collide.
 */
export const subscriptionSecret = (root: Buffer, name: string): string =>
  webhookSecret(root, `subscription/${name}`, 'hook');

/** Identifies a root key without revealing anything about it. */
export const keyId = (root: Buffer): Buffer => derive(root, 'key-id', '').subarray(0, 16);

/** Stored form of a link token: it is found only under the root key that created it. */
export const linkHash = (root: Buffer, token: string): Buffer => derive(root, 'link-hash', token);

export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Constant-time comparison of two secrets of any length. */
export const sameSecret = (a: string, b: string): boolean => timingSafeEqual(tokenHash(a), tokenHash(b));

export type CallbackProvider = 'pushover' | 'telnyx' | 'twilio';

/**
 * Part of the callback URL that a provider gets with a message: the ledger key and a proof of origin. Pushover signs nothing and
 * Telnyx the body alone, so the proof binds a callback to its delivery.
 */
export const callbackKey = (root: Buffer, provider: CallbackProvider, ledgerKey: string): string =>
  `${ledgerKey}.${derive(root, `callback/${provider}`, ledgerKey).subarray(0, 16).toString('hex')}`;

/** The ledger key of such a part; null when the proof is wrong. */
export function openCallbackKey(keys: RootKeys, provider: CallbackProvider, given: string): string | null {
  const key = given.slice(0, Math.max(0, given.indexOf('.')));
  return key !== '' && keys.some((root) => sameSecret(callbackKey(root, provider, key), given)) ? key : null;
}

/**
 * Secret that Telegram sends with every update, unless `TELEGRAM_WEBHOOK_SECRET` is set: 43 characters of
 * `A-Za-z0-9_-`.
 */
export const telegramSecret = (root: Buffer): string =>
  derive(root, 'telegram', 'webhook').toString('base64url');

/**
 * Local part of the mail address that receives replies or bounces of one delivery: 32 hex digits of the ledger key
 * and 96 bit of proof. Lower case, because some relays rewrite it so; 63 characters with its prefix, of the 64 that
 * SMTP allows.
 */
export function mailToken(root: Buffer, purpose: 'reply' | 'bounce', ledgerKey: string): string {
  const start = ledgerKey.slice(0, 32);
  return `${start}${derive(root, `mail-${purpose}`, start).toString('hex').slice(0, 24)}`;
}

/** The first 32 digits of the ledger key; null when the proof is wrong. */
export function openMailToken(keys: RootKeys, purpose: 'reply' | 'bounce', token: string): string | null {
  const given = token.toLowerCase();
  if (!/^[0-9a-f]{56}$/.test(given)) return null;
  return keys.some((root) => sameSecret(mailToken(root, purpose, given), given)) ? given.slice(0, 32) : null;
}

/** The code in an SMS page, which a reply that ends something must contain (domain/reply/reply-code.ts). */
export function smsCode(root: Buffer, ledgerKey: string): string {
  const bytes = derive(root, 'sms-code', ledgerKey);
  return Array.from(
    { length: CODE_LENGTH },
    (_, at) => CODE_LETTERS[bytes.readUInt32BE(4 * at) % CODE_LETTERS.length],
  ).join('');
}

/** The key that seals a person's secrets (shared/sealed.ts). */
export const sealingKey = (root: Buffer, purpose: string): Buffer => derive(root, 'seal', purpose);

/** Hash of a code, bound to the row of its check: the same code in another check has another hash. */
export const codeHash = (root: Buffer, check: string, code: string): Buffer =>
  derive(root, 'contact-code', `${check}/${code}`);

/** The token of the page that confirms a test page: the same on every attempt, only its hash is stored. */
export const reachToken = (root: Buffer, messageKey: string): string =>
  derive(root, 'reach', messageKey).subarray(0, 24).toString('base64url');

/** An opaque token: a session's cookie, an API key's secret, a one-time link. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/**
 * The token of a one-time link that is sent, or printed by several processes: the same each time, only its hash is
 * stored.
 */
export const signInToken = (root: Buffer, key: string): string =>
  derive(root, 'sign-in', key).toString('base64url');

/** Order of the curve P-256 (FIPS 186-5). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/**
 * The key pair that identifies this deployment to browsers' push services (RFC 8292), unpadded base64url.
 * HKDF-SHA-256 of the root key with 64 extra bits, reduced to 1 … n-1 (FIPS 186-5 A.2.1). Another root key ends all
 * subscriptions.
 */
export function vapidKeys(root: Buffer): { publicKey: string; privateKey: string } {
  const bits = Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), 'tocsin/vapid', 40)).toString('hex');
  const scalar = (BigInt(`0x${bits}`) % (P256_ORDER - 1n)) + 1n;
  const privateKey = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(privateKey);
  return {
    publicKey: curve.getPublicKey().toString('base64url'),
    privateKey: privateKey.toString('base64url'),
  };
}

/** Proves later that a text about `about` was written by a holder of the root key. */
export const proofOf = (root: Buffer, about: string, text: string): string =>
  derive(root, 'proof', JSON.stringify([about, text])).toString('base64url');

/** The key that seals Temporal payloads (`worker/payload-codec.ts`). */
export const payloadKey = (root: Buffer): Buffer => derive(root, 'temporal', 'payload');

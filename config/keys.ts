/** Everything derived from the root key `TOCSIN_SECRET_KEY`: one purpose, one derived key (HKDF by HMAC-SHA-256). */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const derive = (root: Buffer, purpose: string, subject: string): Buffer =>
  createHmac('sha256', createHmac('sha256', root).update(`tocsin/${purpose}`).digest())
    .update(subject)
    .digest();

/**
 * The token of a link, 192 bit, the same on every attempt of one delivery: a retry carries the same link although only its
 * hash is stored (ADR 0003).
 */
export const linkToken = (root: Buffer, ledgerKey: string): string =>
  derive(root, 'link', ledgerKey).subarray(0, 24).toString('base64url');

/** Standard Webhooks secret of a contact whose document names none. */
export const webhookSecret = (root: Buffer, person: string, contact: string): string =>
  `whsec_${derive(root, 'webhook', `${person}/${contact}`).toString('base64')}`;

export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Constant-time comparison of two secrets of any length. */
export const sameSecret = (a: string, b: string): boolean => timingSafeEqual(tokenHash(a), tokenHash(b));

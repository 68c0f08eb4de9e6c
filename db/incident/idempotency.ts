/**
 * An idempotency key stands for one request: a repeat gets the first answer, another request under the same key is
 * the sender's error.
 */
export const KEY_REUSED = 'idempotency_key_reused';
export const KEY_REUSED_DETAIL =
  'This Idempotency-Key was used for another request; nothing was changed. Use a new key for a new wish';

/** Refused with 422. */
export class KeyReused extends Error {
  override readonly name = 'KeyReused';
  constructor() {
    super(`${KEY_REUSED_DETAIL}.`);
  }
}

/** Rows stored before digests existed have none, and are taken as the same request. */
export const isOtherRequest = (kept: string | null, given: string | undefined): boolean =>
  kept !== null && given !== undefined && kept !== given;

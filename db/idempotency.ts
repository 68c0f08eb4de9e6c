/** A key stands for one wish: sent again it is answered as before, with another wish it is a mistake of the sender. */
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

/** What was kept before digests were has none, and is taken at its word. */
export const isOtherWish = (kept: string | null, given: string | undefined): boolean =>
  kept !== null && given !== undefined && kept !== given;

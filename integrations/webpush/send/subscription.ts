/** Keys of a browser's push subscription in the contact's `secret`. Pure. */

export interface SubscriptionKeys {
  /** Uncompressed point of P-256, 65 bytes. */
  p256dh: string;
  /** 16 bytes. */
  auth: string;
}

/** `{"p256dh":"…","auth":"…"}` in base64url; null when invalid. */
export function readSubscriptionKeys(secret: string | undefined): SubscriptionKeys | null {
  if (secret === undefined || !secret.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(secret);
    if (typeof value !== 'object' || value === null || !('p256dh' in value) || !('auth' in value))
      return null;
    const { p256dh, auth } = value;
    if (typeof p256dh !== 'string' || typeof auth !== 'string') return null;
    const isWhole = bytesOf(p256dh) === 65 && bytesOf(auth) === 16;
    return isWhole ? { p256dh, auth } : null;
  } catch {
    return null;
  }
}

const bytesOf = (text: string): number =>
  /^[A-Za-z0-9_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64url').length : 0;

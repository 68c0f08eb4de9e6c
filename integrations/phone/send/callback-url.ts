/** Callback URLs that a phone provider gets with a message. */
import { callbackKey } from '../../../shared/keys.js';
import type { PhoneProvider } from './provider.js';

/** The base of the URLs, and the root key that proves their origin. */
export interface CallbackBase {
  publicUrl: string;
  secretKey: Buffer;
}

/** `tag`: the ledger key. */
export const callbackUrl = (
  { publicUrl, secretKey }: CallbackBase,
  provider: PhoneProvider['name'],
  { path, tag }: { path: 'events' | 'status' | 'voice'; tag: string },
): string => `${publicUrl}/hooks/${provider}/${path}?d=${callbackKey(secretKey, provider, tag)}`;

/** Telnyx signs `timestamp|body` with Ed25519; the public key is the account's, in base64. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** Older, or that far in the future, is a replay. */
const TOLERANCE_S = 300;
/** RFC 8410: the bytes before the 32 bytes of an Ed25519 key in DER. */
const DER_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Null when the text is no such key. */
export function telnyxKey(base64: string): KeyObject | null {
  const raw = Buffer.from(base64, 'base64');
  if (raw.length !== 32) return null;
  return createPublicKey({ key: Buffer.concat([DER_PREFIX, raw]), format: 'der', type: 'spki' });
}

/** The problem with a signature; null when it is valid. */
export function signatureProblem(
  key: KeyObject,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  rawBody: string,
  nowS: number,
): string | null {
  const signature = headers['telnyx-signature-ed25519'];
  const timestamp = headers['telnyx-timestamp'];
  if (typeof signature !== 'string' || typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp))
    return 'no signature';
  const isRight = verify(null, Buffer.from(`${timestamp}|${rawBody}`), key, Buffer.from(signature, 'base64'));
  if (!isRight) return 'the signature does not belong to this body';
  return Math.abs(nowS - Number(timestamp)) > TOLERANCE_S ? 'the timestamp is not of now' : null;
}

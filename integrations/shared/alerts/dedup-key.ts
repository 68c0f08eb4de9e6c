/** The deduplication key of a signal: a long one is cut and ends in a hash, so that two long keys stay different. */
import { cutText, DEDUP_KEY_MAX } from '../../../domain/alert/signal-limits.js';
import { fingerprintOf } from './fingerprint.js';

const KEY_HASH_LENGTH = 17;

/** A key of more than 255 characters is cut and gets a hash, which distinguishes similar keys; its resolve gets the same one. */
export function dedupKeyFrom(text: string): string {
  if (text.length <= DEDUP_KEY_MAX) return text;
  return `${cutText(text, DEDUP_KEY_MAX - KEY_HASH_LENGTH)}~${fingerprintOf([[text, '']])}`;
}

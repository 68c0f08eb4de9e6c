/** Which local parts take mail: `reply+<token>`, `bounce+<token>`, and the bare words for mail that names its thread. */
import { openMailToken } from '../../config/keys.js';

export type ReturnAddress = {
  kind: 'reply' | 'bounce';
  /** Beginning of the ledger key that the token proves; null: the bare word. */ key: string | null;
};

/** Null: there is no such mailbox (550). The domain's case and the token's do not matter. */
export function readReturnAddress(secretKey: Buffer, domain: string, address: string): ReturnAddress | null {
  const at = address.lastIndexOf('@');
  if (at < 0 || address.slice(at + 1).toLowerCase() !== domain.toLowerCase()) return null;
  const [word = '', token] = address.slice(0, at).toLowerCase().split('+', 2);
  if (word !== 'reply' && word !== 'bounce') return null;
  if (token === undefined) return { kind: word, key: null };
  const key = openMailToken(secretKey, word, token);
  return key === null ? null : { kind: word, key };
}

/** Ledger keys among Message-IDs: ours are `<key@domain>`. */
export const keysOfThread = (messageIds: readonly string[]): string[] =>
  messageIds.flatMap((id) => /^([0-9a-f]{64})@/i.exec(id)?.[1]?.toLowerCase() ?? []);

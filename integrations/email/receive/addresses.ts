/** Local parts that accept mail: `reply+<token>` and `bounce+<token>`. The bare words prove nothing, so they accept none. */
import { openMailToken, type RootKeys } from '../../../shared/keys.js';

export type ReturnAddress = {
  kind: 'reply' | 'bounce';
  /** Beginning of the ledger key that the token proves. */
  key: string;
};

/** Null: there is no such mailbox (550). Upper and lower case do not matter in domain and token. */
export function readReturnAddress(rootKeys: RootKeys, domain: string, address: string): ReturnAddress | null {
  const at = address.lastIndexOf('@');
  if (at < 0 || address.slice(at + 1).toLowerCase() !== domain.toLowerCase()) return null;
  const [word = '', token] = address.slice(0, at).toLowerCase().split('+', 2);
  if (word !== 'reply' && word !== 'bounce') return null;
  if (token === undefined) return null;
  const key = openMailToken(rootKeys, word, token);
  return key === null ? null : { kind: word, key };
}

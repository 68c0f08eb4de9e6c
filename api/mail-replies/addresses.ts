/** Which local parts take mail: `reply+<token>` and `bounce+<token>`. The bare words prove nothing, so nothing sent to them is read. */
import { openMailToken, type RootKeys } from '../../config/keys.js';

export type ReturnAddress = {
  kind: 'reply' | 'bounce';
  /** Beginning of the ledger key that the token proves. */
  key: string;
};

/** Null: there is no such mailbox (550). The domain's case and the token's do not matter. */
export function readReturnAddress(rootKeys: RootKeys, domain: string, address: string): ReturnAddress | null {
  const at = address.lastIndexOf('@');
  if (at < 0 || address.slice(at + 1).toLowerCase() !== domain.toLowerCase()) return null;
  const [word = '', token] = address.slice(0, at).toLowerCase().split('+', 2);
  if (word !== 'reply' && word !== 'bounce') return null;
  if (token === undefined) return null;
  const key = openMailToken(rootKeys, word, token);
  return key === null ? null : { kind: word, key };
}

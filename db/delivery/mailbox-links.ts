/**
 * Links in stored mailbox messages: the token is replaced by the key from which it is derived, as in the ledger (ADR
 * 3). Read access to the database or to a backup gives no working link.
 */
import { linkHash, linkToken, reachToken, type RootKeys, signInToken, tokenHash } from '../../shared/keys.js';
import type { Querying } from '../connection/querying.js';

const TOKEN = /\/(l|reach|setup)\/([A-Za-z0-9_-]{16,128})/g;
const PLACE = /\/(l|reach|setup)\/\{([0-9a-f]{64})\}/g;

type Path = 'l' | 'reach' | 'setup';

const derived: Record<Path, (root: RootKeys[0], key: string) => string> = {
  l: linkToken,
  reach: reachToken,
  setup: signInToken,
};

export interface WithoutTokens {
  texts: string[];
  /**
   * Keys of the tokens that were removed. Only these are restored: a look-alike placeholder written by a sender stays
   * as it is.
   */
  keys: string[];
}

export async function withoutTokens(db: Querying, roots: RootKeys, texts: string[]): Promise<WithoutTokens> {
  const tokens = new Set(texts.flatMap((text) => [...text.matchAll(TOKEN)].map(([, , token = '']) => token)));
  const tokenOf = new Map(
    [...tokens].flatMap((token) =>
      [tokenHash(token), ...roots.map((root) => linkHash(root, token))].map((hash) => [
        hash.toString('hex'),
        token,
      ]),
    ),
  );
  if (tokenOf.size === 0) return { texts, keys: [] };
  const rows: { hash: Buffer; key: string }[] = await db.query(
    `SELECT l.hash, d.key FROM link_token l JOIN delivery d ON d.id = (l.subject->>'delivery')::uuid WHERE l.hash = ANY ($1::bytea[])
     UNION SELECT link, key FROM contact_message WHERE link = ANY ($1::bytea[])`,
    [[...tokenOf.keys()].map((hash) => Buffer.from(hash, 'hex'))],
  );
  const keyOf = new Map(rows.map(({ hash, key }) => [tokenOf.get(hash.toString('hex')), key]));
  return {
    texts: texts.map((text) =>
      text.replace(TOKEN, (whole, path: string, token: string) => {
        const key = keyOf.get(token);
        return key === undefined ? whole : `/${path}/{${key}}`;
      }),
    ),
    keys: [...new Set(keyOf.values())],
  };
}

/** The text for a reader who may not answer the message. */
export const withoutLinks = (text: string): string =>
  text.replace(PLACE, '/$1/(left out)').replace(TOKEN, '/$1/(left out)');

export function withTokens([root]: RootKeys, text: string, keys: readonly string[]): string {
  return text.replace(PLACE, (whole, path: Path, key: string) =>
    keys.includes(key) ? `/${path}/${derived[path](root, key)}` : whole,
  );
}

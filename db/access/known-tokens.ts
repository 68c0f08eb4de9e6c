/**
 * Checks in batches whether tokens from unknown senders exist. While one query runs, further tokens are collected for
 * the next, so a flood of made-up tokens costs one query at a time, and a valid token among them is found like any
 * other.
 */
import { linkHash, type RootKeys, tokenHash } from '../../shared/keys.js';
import type { Querying } from '../connection/querying.js';

export type TokenKind = 'link' | 'reach' | 'setup' | 'calendar' | 'session' | 'key';

/** Ended tokens count as known: their holder gets an explanation. */
const queries: Record<TokenKind, string> = {
  link: 'SELECT hash FROM link_token WHERE hash = ANY($1::bytea[])',
  reach: 'SELECT link AS hash FROM contact_message WHERE link = ANY($1::bytea[])',
  setup: 'SELECT hash FROM setup_link WHERE hash = ANY($1::bytea[])',
  calendar: 'SELECT hash FROM calendar_feed WHERE hash = ANY($1::bytea[])',
  session: 'SELECT hash FROM session WHERE hash = ANY($1::bytea[])',
  key: 'SELECT hash FROM api_key WHERE hash = ANY($1::bytea[])',
};

/** Tokens per query; the rest waits for the next one. */
const BATCH = 500;

interface Question {
  /** Possible stored forms: a link's hash is bound to the root key that created it. */
  hashes: Buffer[];
  resolve: (isKnown: boolean) => void;
  reject: (error: unknown) => void;
}

export class KnownTokens {
  private readonly gathered = new Map<TokenKind, Question[]>();
  private readonly asking = new Set<TokenKind>();

  constructor(
    private readonly dataSource: Querying,
    private readonly rootKeys: RootKeys,
  ) {}

  has(kind: TokenKind, token: string): Promise<boolean> {
    // Checks the shape first: guesses of a scanner cost nothing.
    if (!/^[A-Za-z0-9_-]{16,128}$/.test(token)) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      const waiting = this.gathered.get(kind) ?? [];
      waiting.push({ hashes: this.hashesOf(kind, token), resolve, reject });
      this.gathered.set(kind, waiting);
      if (!this.asking.has(kind)) void this.ask(kind);
    });
  }

  private hashesOf(kind: TokenKind, token: string): Buffer[] {
    if (kind !== 'link' && kind !== 'reach') return [tokenHash(token)];
    return [tokenHash(token), ...this.rootKeys.map((root) => linkHash(root, token))];
  }

  private async ask(kind: TokenKind): Promise<void> {
    this.asking.add(kind);
    for (
      let batch = this.gathered.get(kind)?.splice(0, BATCH) ?? [];
      batch.length > 0;
      batch = this.gathered.get(kind)?.splice(0, BATCH) ?? []
    ) {
      try {
        const rows: { hash: Buffer }[] = await this.dataSource.query(queries[kind], [
          batch.flatMap(({ hashes }) => hashes),
        ]);
        const known = new Set(rows.map(({ hash }) => hash.toString('base64')));
        for (const { hashes, resolve } of batch)
          resolve(hashes.some((hash) => known.has(hash.toString('base64'))));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.asking.delete(kind);
  }
}

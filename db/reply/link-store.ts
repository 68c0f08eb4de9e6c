/**
 * Links in messages, as their pages use them (docs/security.md, Approval and action links): reading changes nothing,
 * a decision needs a nonce that works once. Tokens and nonces are stored as hashes only.
 */
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { linkHash, type RootKeys, tokenHash } from '../../shared/keys.js';
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { IncidentState } from '../../domain/incident/state.js';
import type { Querying } from '../connection/querying.js';

type LinkKind = 'page' | 'approval' | 'review' | 'notice';

export interface OpenedLink {
  hash: Buffer;
  kind: LinkKind;
  person: { name: string; displayName: string; timezone: string; active: boolean };
  subject: Record<string, unknown>;
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  /** Time of the last decision made with this link. */
  usedAt: string | null;
  usedFor: string | null;
  incident: IncidentState;
  response: IncidentResponse;
  /** Database time, ISO 8601. */
  now: string;
}

/** `repeated`: by the same press; `used`: by another press of the same form. */
export type NonceClaim = 'claimed' | 'repeated' | 'used' | 'unknown';

type Dates = 'createdAt' | 'expiresAt' | 'revokedAt' | 'usedAt' | 'now';
type Row = Omit<OpenedLink, Dates> & {
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  usedAt: Date | null;
  now: Date;
};

/** Link scanners open links often: only this many unused nonces are kept per link. */
const NONCES_KEPT = 50;

export class LinkStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rootKeys: RootKeys,
  ) {}

  /** Null when there is no such link; accepts any text. */
  async open(token: string): Promise<OpenedLink | null> {
    if (!/^[A-Za-z0-9_-]{16,128}$/.test(token)) return null;
    const rows: Row[] = await this.dataSource.query(
      `SELECT l.hash, l.kind, l.subject, l.created_at AS "createdAt", l.expires_at AS "expiresAt", l.revoked_at AS "revokedAt",
              l.used_at AS "usedAt", l.used_for AS "usedFor", tocsin_now() AS now, i.state AS incident, i.response,
              jsonb_build_object('name', l.person, 'displayName', coalesce(p.display_name, l.person),
                'timezone', coalesce(p.timezone, 'UTC'), 'active', coalesce(p.active, false)) AS person
         FROM link_token l JOIN incident i ON i.id = l.incident_id LEFT JOIN person p ON p.name = l.person
        WHERE l.hash = ANY ($1)`,
      [this.rootKeys.map((root) => linkHash(root, token))],
    );
    const row = rows[0];
    if (row === undefined) return null;
    return {
      ...row,
      createdAt: row.createdAt.toISOString(),
      expiresAt: row.expiresAt?.toISOString() ?? null,
      revokedAt: row.revokedAt?.toISOString() ?? null,
      usedAt: row.usedAt?.toISOString() ?? null,
      now: row.now.toISOString(),
    };
  }

  /** A nonce for the hidden field of one form. Has no visible effect. */
  async mintNonce(link: Pick<OpenedLink, 'hash'>): Promise<string> {
    const nonce = randomBytes(16).toString('base64url');
    await this.dataSource.query(
      `WITH old AS (
         DELETE FROM link_nonce WHERE hash IN (
           SELECT hash FROM link_nonce WHERE link_hash = $2 AND used_at IS NULL ORDER BY created_at DESC OFFSET $3))
       INSERT INTO link_nonce (hash, link_hash, created_at) VALUES ($1, $2, tocsin_now())`,
      [tokenHash(nonce), link.hash, NONCES_KEPT - 1],
    );
    return nonce;
  }

  /** The link's single nonce for a decision without a form: a second press of the same button finds it used. */
  async onlyNonce(link: Pick<OpenedLink, 'hash'>, decision: string): Promise<string> {
    const nonce = `${decision}/${link.hash.toString('base64url')}`;
    await this.dataSource.query(
      'INSERT INTO link_nonce (hash, link_hash, created_at) VALUES ($1, $2, tocsin_now()) ON CONFLICT (hash) DO NOTHING',
      [tokenHash(nonce), link.hash],
    );
    return nonce;
  }

  /** Locks the nonce of a press: in a transaction, a second tap waits here until the first one is decided. */
  async claimNonce(
    tx: Querying,
    link: Pick<OpenedLink, 'hash'>,
    nonce: string,
    press: string,
  ): Promise<NonceClaim> {
    const rows: { fresh: boolean; same: boolean }[] = await tx.query(
      `SELECT used_at IS NULL AS fresh, used_as IS NOT DISTINCT FROM $3 AS same
         FROM link_nonce WHERE hash = $1 AND link_hash = $2 FOR UPDATE`,
      [tokenHash(nonce), link.hash, press],
    );
    const row = rows[0];
    if (row === undefined) return 'unknown';
    if (row.fresh) return 'claimed';
    return row.same ? 'repeated' : 'used';
  }

  /** Uses up the claimed nonce, and stores the decision as the last one made with the link. */
  async markUsed(
    tx: Querying,
    link: Pick<OpenedLink, 'hash'>,
    { nonce, press, decision }: { nonce: string; press: string; decision: string },
  ): Promise<void> {
    await tx.query(
      `WITH nonce AS (UPDATE link_nonce SET used_at = tocsin_now(), used_as = $3 WHERE hash = $2 AND link_hash = $1)
       UPDATE link_token SET used_at = tocsin_now(), used_for = $4 WHERE hash = $1`,
      [link.hash, tokenHash(nonce), press, decision],
    );
  }

  /**
   * The exact content that an approval asks about and that its digest covers. Null when there is no such approval.
   */
  async approvalContent(approval: string): Promise<unknown> {
    const rows: { inputs: unknown }[] = await this.dataSource.query(
      'SELECT inputs FROM approval WHERE id::text = $1',
      [approval],
    );
    return rows[0]?.inputs ?? null;
  }
}

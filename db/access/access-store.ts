/** API keys and one-time links, stored as hashes only (docs/security.md, API keys; Sessions, OIDC, SCIM). */
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { newToken, sameSecret, tokenHash } from '../../shared/keys.js';
import type { Role } from '../../domain/config/terms.js';
import type { Actor } from '../../domain/incident/state.js';
import { auditInsert } from '../audit/write-audit.js';
import type { Querying } from '../connection/querying.js';

/** Minimum interval between writes of `last_used_at`: a read must not cost a write each time. */
const SEEN_EVERY = '1 minute';

export interface ApiKey {
  id: string;
  name: string;
  role: Role;
  team: string | null;
  createdBy: Actor;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

export interface NewApiKey {
  name: string;
  role: Role;
  team: string | null;
  expiresAt: string | null;
  actor: Actor;
}

export type LinkPurpose = 'first-admin' | 'sign-in';

export interface OneTimeLink {
  purpose: LinkPurpose;
  person: string | null;
  expiresAt: string;
}

export class AccessStore {
  constructor(private readonly dataSource: DataSource) {}

  /** `tocsin_<id>_<secret>`, shown once. */
  async createKey({
    name,
    role,
    team,
    expiresAt,
    actor,
  }: NewApiKey): Promise<{ key: string; shown: ApiKey }> {
    const id = randomBytes(9).toString('hex');
    const secret = newToken();
    const rows: ApiKeyRow[] = await this.dataSource.query(
      `WITH made AS (
         INSERT INTO api_key (id, name, hash, role, team, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, tocsin_now(), $7) RETURNING *),
       audit AS (
         ${auditInsert({
           actor: '$6',
           action: "'key.create'",
           subject: "'key/' || $1",
           data: "jsonb_build_object('name', $2::text, 'role', $4::text)",
         })})
       SELECT * FROM made`,
      [id, name, tokenHash(secret), role, team, actor, expiresAt],
    );
    const row = rows[0];
    if (row === undefined) throw new Error('the new key was not stored');
    return { key: `tocsin_${id}_${secret}`, shown: toApiKey(row) };
  }

  async listKeys(): Promise<ApiKey[]> {
    const rows: ApiKeyRow[] = await this.dataSource.query(
      'SELECT * FROM api_key ORDER BY created_at DESC, id',
    );
    return rows.map(toApiKey);
  }

  /** False when the key does not exist. Revoking twice is the same as revoking once. */
  async revokeKey(id: string, actor: Actor): Promise<boolean> {
    const rows: { id: string }[] = await this.dataSource.query(
      `WITH known AS (SELECT id FROM api_key WHERE id = $1),
       revoked AS (UPDATE api_key SET revoked_at = tocsin_now() WHERE id = $1 AND revoked_at IS NULL RETURNING id),
       audit AS (
         ${auditInsert({ actor: '$2', action: "'key.revoke'", subject: "'key/' || id", data: "'{}'", from: 'FROM revoked' })})
       SELECT id FROM known`,
      [id, actor],
    );
    return rows.length > 0;
  }

  /** The key behind a bearer token. Unknown, wrong, expired and revoked tokens all return null. */
  async findKey(token: string): Promise<{ id: string; role: Role; team: string | null } | null> {
    const match = /^tocsin_([0-9a-f]{18})_([A-Za-z0-9_-]{43})$/.exec(token);
    const [id, secret] = [match?.[1], match?.[2]];
    if (id === undefined || secret === undefined) return null;
    const rows: { role: Role; team: string | null; hash: Buffer; stale: boolean }[] =
      await this.dataSource.query(
        `SELECT role, team, hash, coalesce(last_used_at < tocsin_now() - $2::interval, true) AS stale FROM api_key
        WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > tocsin_now())`,
        [id, SEEN_EVERY],
      );
    const row = rows[0];
    if (row === undefined || !sameSecret(row.hash.toString('hex'), tokenHash(secret).toString('hex')))
      return null;
    if (row.stale)
      await this.dataSource.query('UPDATE api_key SET last_used_at = tocsin_now() WHERE id = $1', [id]);
    return { id, role: row.role, team: row.team };
  }

  async hasAdmin(tx: Querying = this.dataSource): Promise<boolean> {
    const rows: unknown[] = await tx.query(`SELECT 1 FROM person WHERE role = 'admin' AND active LIMIT 1`);
    return rows.length > 0;
  }

  /**
   * Creates a one-time link and returns its token. A link handed over in person ends the earlier ones of the same
   * purpose and person; a mailed link ends none (`mail-sign-in.ts`), because unknown senders may request it.
   */
  async createLink(
    tx: Querying,
    link: {
      purpose: LinkPurpose;
      person: string | null;
      life: string;
      actor: Actor;
      token?: string;
      madeAt?: string;
    },
  ): Promise<string> {
    const { token = newToken(), madeAt = null } = link;
    await tx.query(
      `WITH older AS (
         UPDATE setup_link SET used_at = tocsin_now()
          WHERE used_at IS NULL AND purpose = $2 AND person IS NOT DISTINCT FROM $3),
       audit AS (
         ${auditInsert({
           actor: '$5',
           action: "'link.create'",
           subject: "coalesce('person/' || $3::text, 'setup')",
           data: "jsonb_build_object('purpose', $2::text)",
         })})
       INSERT INTO setup_link (hash, purpose, person, created_at, expires_at)
       VALUES ($1, $2, $3, coalesce($6::timestamptz, tocsin_now()), tocsin_now() + $4::interval)`,
      [tokenHash(token), link.purpose, link.person, link.life, link.actor, madeAt],
    );
    return token;
  }

  /** Reads the link without using it. */
  async findLink(token: string): Promise<OneTimeLink | null> {
    return this.readLink(this.dataSource, token, '');
  }

  /**
   * Uses the link up: the first caller gets it, later callers get null. Using one link ends all links of the same
   * purpose and person.
   */
  async takeLink(tx: Querying, token: string): Promise<OneTimeLink | null> {
    const link = await this.readLink(tx, token, 'FOR UPDATE');
    if (link === null) return null;
    // After the first admin exists, no other first-admin link may work; a person who signed in needs no second link.
    await tx.query(
      `UPDATE setup_link SET used_at = tocsin_now()
        WHERE used_at IS NULL AND purpose = $1 AND person IS NOT DISTINCT FROM $2`,
      [link.purpose, link.person],
    );
    return link;
  }

  /** Unused, unexpired links of this purpose, newest first, with creation time and hash. */
  async openLinks(tx: Querying, purpose: LinkPurpose): Promise<{ hash: Buffer; madeAt: string }[]> {
    const rows: { hash: Buffer; created_at: Date }[] = await tx.query(
      `SELECT hash, created_at FROM setup_link
        WHERE purpose = $1 AND used_at IS NULL AND expires_at > tocsin_now() ORDER BY created_at DESC`,
      [purpose],
    );
    return rows.map(({ hash, created_at }) => ({ hash, madeAt: created_at.toISOString() }));
  }

  private async readLink(tx: Querying, token: string, lock: '' | 'FOR UPDATE'): Promise<OneTimeLink | null> {
    const rows: { purpose: LinkPurpose; person: string | null; expires_at: Date }[] = await tx.query(
      `SELECT purpose, person, expires_at FROM setup_link
        WHERE hash = $1 AND used_at IS NULL AND expires_at > tocsin_now() ${lock}`,
      [tokenHash(token)],
    );
    const row = rows[0];
    return row === undefined
      ? null
      : { purpose: row.purpose, person: row.person, expiresAt: row.expires_at.toISOString() };
  }
}

interface ApiKeyRow {
  id: string;
  name: string;
  role: Role;
  team: string | null;
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

const toApiKey = (row: ApiKeyRow): ApiKey => ({
  id: row.id,
  name: row.name,
  role: row.role,
  team: row.team,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
});

/**
 * Sessions, API keys and one-time links, all stored as hashes (security.md §3.3–3.4). A session or key is worth what its
 * person or role is worth now: deactivating a person ends their sessions with the same transaction.
 */
import { randomBytes } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { sameSecret, tokenHash } from '../config/keys.js';
import type { Role } from '../domain/config/specs.js';
import type { Actor } from '../domain/incident/state.js';

const SESSION_IDLE = '12 hours';
const SESSION_LIFE = '7 days';
/** `last_used_at` and `seen_at` are written at most this often: reading must not cost a write each time. */
const SEEN_EVERY = '1 minute';

export interface SessionPerson {
  person: string;
  role: Role;
}

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

type Querying = Pick<EntityManager, 'query'>;

const newToken = (): string => randomBytes(32).toString('base64url');

export class AccessStore {
  constructor(private readonly dataSource: DataSource) {}

  /** A new session; the answer is the cookie's value, which is stored nowhere. */
  async openSession(tx: Querying, person: string): Promise<string> {
    const token = newToken();
    await tx.query(
      `WITH opened AS (
         INSERT INTO session (hash, person, created_at, seen_at, expires_at)
         VALUES ($1, $2, tocsin_now(), tocsin_now(), tocsin_now() + $3::interval)),
       seen AS (UPDATE person SET last_seen_at = tocsin_now() WHERE name = $2)
       INSERT INTO audit_entry (at, actor, action, subject, data) VALUES (tocsin_now(), $2, 'session.open', 'person/' || $2, '{}')`,
      [tokenHash(token), person, SESSION_LIFE],
    );
    return token;
  }

  /** The person behind a cookie, while the session is neither idle nor over and the person is active. */
  async sessionPerson(token: string): Promise<SessionPerson | null> {
    const rows: (SessionPerson & { stale: boolean })[] = await this.dataSource.query(
      `SELECT p.name AS person, p.role, s.seen_at < tocsin_now() - $2::interval AS stale
         FROM session s JOIN person p ON p.name = s.person AND p.active
        WHERE s.hash = $1 AND s.ended_at IS NULL AND s.expires_at > tocsin_now() AND s.seen_at > tocsin_now() - $3::interval`,
      [tokenHash(token), SEEN_EVERY, SESSION_IDLE],
    );
    const row = rows[0];
    if (row === undefined) return null;
    if (row.stale)
      await this.dataSource.query('UPDATE session SET seen_at = tocsin_now() WHERE hash = $1', [
        tokenHash(token),
      ]);
    return { person: row.person, role: row.role };
  }

  async endSession(token: string): Promise<void> {
    await this.dataSource.query(
      'UPDATE session SET ended_at = tocsin_now() WHERE hash = $1 AND ended_at IS NULL',
      [tokenHash(token)],
    );
  }

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
         INSERT INTO audit_entry (at, actor, action, subject, data)
         VALUES (tocsin_now(), $6, 'key.create', 'key/' || $1, jsonb_build_object('name', $2::text, 'role', $4::text)))
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

  /** False when there is no such key; revoking twice is the same as once. */
  async revokeKey(id: string, actor: Actor): Promise<boolean> {
    const rows: { id: string }[] = await this.dataSource.query(
      `WITH known AS (SELECT id FROM api_key WHERE id = $1),
       revoked AS (UPDATE api_key SET revoked_at = tocsin_now() WHERE id = $1 AND revoked_at IS NULL RETURNING id),
       audit AS (
         INSERT INTO audit_entry (at, actor, action, subject, data)
         SELECT tocsin_now(), $2, 'key.revoke', 'key/' || id, '{}' FROM revoked)
       SELECT id FROM known`,
      [id, actor],
    );
    return rows.length > 0;
  }

  /** The key behind a bearer token, or null: unknown, wrong, expired and revoked look alike. */
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

  /** A one-time link; its token is the answer. Several may lead to the first admin: each process prints one. */
  async createLink(
    tx: Querying,
    link: { purpose: LinkPurpose; person: string | null; life: string; actor: Actor },
  ): Promise<string> {
    const token = newToken();
    await tx.query(
      `WITH audit AS (
         INSERT INTO audit_entry (at, actor, action, subject, data)
         VALUES (tocsin_now(), $5, 'link.create', coalesce('person/' || $3::text, 'setup'), jsonb_build_object('purpose', $2::text)))
       INSERT INTO setup_link (hash, purpose, person, created_at, expires_at)
       VALUES ($1, $2, $3, tocsin_now(), tocsin_now() + $4::interval)`,
      [tokenHash(token), link.purpose, link.person, link.life, link.actor],
    );
    return token;
  }

  /** Looks without using it. */
  async findLink(token: string): Promise<OneTimeLink | null> {
    return this.readLink(this.dataSource, token, '');
  }

  /** Uses it up: the first caller gets it, a second gets null. Taking a link to the first admin ends all of these. */
  async takeLink(tx: Querying, token: string): Promise<OneTimeLink | null> {
    const link = await this.readLink(tx, token, 'FOR UPDATE');
    if (link === null) return null;
    // With the first admin made, no other link to one may work.
    await tx.query(
      `UPDATE setup_link SET used_at = tocsin_now()
        WHERE used_at IS NULL AND (hash = $1 OR ($2 = 'first-admin' AND purpose = $2))`,
      [tokenHash(token), link.purpose],
    );
    return link;
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

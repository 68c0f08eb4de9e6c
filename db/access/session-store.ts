/**
 * Sessions: opaque, stored as hashes, with an idle and an absolute timeout (docs/security.md, Sessions, OIDC, SCIM).
 * A session has the rights of its person's current role; a change of the role or the removal of the person ends the
 * session in the same transaction (`config-store.ts`).
 */
import type { DataSource } from 'typeorm';
import { newToken, tokenHash } from '../../shared/keys.js';
import type { Role } from '../../domain/config/terms.js';
import type { Actor } from '../../domain/incident/state.js';
import { auditInsert } from '../audit/write-audit.js';
import type { Querying } from '../connection/querying.js';

/** Minimum interval between writes of `seen_at`: a read must not cost a write each time. */
const SEEN_EVERY = '1 minute';

export interface SessionTimes {
  /** Idle timeout. */
  idleMs: number;
  lifeMs: number;
}

export interface SessionPerson {
  session: string;
  person: string;
  role: Role;
}

export interface OpenSession {
  /** Public id: the beginning of the hash, from which the cookie cannot be derived. */
  id: string;
  createdAt: string;
  seenAt: string;
  expiresAt: string;
  /** User agent of the browser. */
  client: string | null;
}

const ID = `left(encode(hash, 'hex'), 16)`;
const OPEN = `ended_at IS NULL AND expires_at > tocsin_now() AND seen_at > tocsin_now()`;

export class SessionStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly times: SessionTimes,
  ) {}

  /** Opens a session and returns the cookie's value, which is stored nowhere. */
  async open(tx: Querying, person: string, client: string | null): Promise<string> {
    const token = newToken();
    await tx.query(
      `WITH opened AS (
         INSERT INTO session (hash, person, created_at, seen_at, expires_at, client)
         VALUES ($1, $2, tocsin_now(), tocsin_now(), tocsin_now() + $3::float8 * interval '1 millisecond', $4)),
       seen AS (UPDATE person SET last_seen_at = tocsin_now() WHERE name = $2)
       ${auditInsert({ actor: '$2', action: "'session.open'", subject: "'person/' || $2", data: "'{}'" })}`,
      [tokenHash(token), person, this.times.lifeMs, client?.slice(0, 200) ?? null],
    );
    return token;
  }

  /** The person of a cookie, while the session is neither idle nor expired and the person is active. */
  async personOf(token: string): Promise<SessionPerson | null> {
    const rows: (SessionPerson & { stale: boolean })[] = await this.dataSource.query(
      `SELECT ${ID} AS session, p.name AS person, p.role, s.seen_at < tocsin_now() - $2::interval AS stale
         FROM session s JOIN person p ON p.name = s.person AND p.active
        WHERE s.hash = $1 AND ${OPEN} - $3::float8 * interval '1 millisecond'`,
      [tokenHash(token), SEEN_EVERY, this.times.idleMs],
    );
    const row = rows[0];
    if (row === undefined) return null;
    if (row.stale)
      await this.dataSource.query('UPDATE session SET seen_at = tocsin_now() WHERE hash = $1', [
        tokenHash(token),
      ]);
    const { session, person, role } = row;
    return { session, person, role };
  }

  /** Open sessions, newest first. */
  async list(person: string): Promise<OpenSession[]> {
    const rows: { id: string; created: Date; seen: Date; expires: Date; client: string | null }[] =
      await this.dataSource.query(
        `SELECT ${ID} AS id, created_at AS created, seen_at AS seen, expires_at AS expires, client FROM session
          WHERE person = $1 AND ${OPEN} - $2::float8 * interval '1 millisecond' ORDER BY created_at DESC, hash`,
        [person, this.times.idleMs],
      );
    return rows.map(({ id, created, seen, expires, client }) => ({
      id,
      createdAt: created.toISOString(),
      seenAt: seen.toISOString(),
      expiresAt: expires.toISOString(),
      client,
    }));
  }

  /** Ends one session (`id`), all but one (`except`), or all. Returns the number ended. */
  async end(person: string, which: { id?: string; except?: string }, actor: Actor): Promise<number> {
    const rows: { ended: number }[] = await this.dataSource.query(
      `WITH ended AS (
         UPDATE session SET ended_at = tocsin_now()
          WHERE person = $1 AND ended_at IS NULL AND ($2::text IS NULL OR ${ID} = $2) AND ($3::text IS NULL OR ${ID} <> $3)
         RETURNING 1),
       audit AS (
         ${auditInsert({
           actor: '$4',
           action: "'session.end'",
           subject: "'person/' || $1",
           data: "jsonb_build_object('sessions', count(*))",
           from: 'FROM ended HAVING count(*) > 0',
         })})
       SELECT count(*)::int AS ended FROM ended`,
      [person, which.id ?? null, which.except ?? null, actor],
    );
    return rows[0]?.ended ?? 0;
  }
}

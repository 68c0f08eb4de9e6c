/** Secret calendar links. Only the hash of a token is stored; a feed ends when it is revoked or its owner leaves. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { tokenHash } from '../../shared/keys.js';
import type { Actor } from '../../domain/incident/state.js';
import { isUuid } from '../connection/page.js';
import { auditInsert } from '../audit/write-audit.js';

export type FeedSubject = { person: string } | { schedule: string };

export interface CalendarFeed {
  id: string;
  /** Exactly one of `person` and `schedule` is null. */
  person: string | null;
  schedule: string | null;
  owner: string | null;
  createdBy: Actor;
  createdAt: string;
}

/** Change counter of a schedule, for the SEQUENCE of its calendar events; rises with every change. */
export interface ScheduleChanges {
  sequence: number;
  /** Time of the last change. */
  at: string;
}

interface Row {
  id: string;
  person: string | null;
  schedule: string | null;
  owner: string | null;
  created_by: string;
  created_at: Date;
}

export class CalendarFeeds {
  constructor(private readonly dataSource: DataSource) {}

  /** The token is in the return value and nowhere else. */
  async create(
    subject: FeedSubject,
    owner: string | null,
    actor: Actor,
  ): Promise<{ feed: CalendarFeed; token: string }> {
    const token = randomBytes(24).toString('base64url');
    const id = randomUUID();
    const person = 'person' in subject ? subject.person : null;
    const schedule = 'schedule' in subject ? subject.schedule : null;
    const rows: Row[] = await this.dataSource.query(
      `WITH made AS (
         INSERT INTO calendar_feed (id, hash, person, schedule, owner, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, tocsin_now()) RETURNING *),
       audit AS (
         ${auditInsert({
           at: 'created_at',
           actor: '$6',
           action: "'calendar_feed.create'",
           subject: "'calendar-feed/' || id",
           data: "jsonb_build_object('person', person, 'schedule', schedule)",
           from: 'FROM made',
         })})
       SELECT * FROM made`,
      [id, tokenHash(token), person, schedule, owner, actor],
    );
    const row = rows[0];
    if (row === undefined) throw new Error('the calendar feed was not written');
    return { feed: feedOf(row), token };
  }

  /** Null when the token is unknown or revoked, or its owner has left. */
  async open(token: string): Promise<CalendarFeed | null> {
    if (!/^[A-Za-z0-9_-]{32}$/.test(token)) return null;
    const rows: Row[] = await this.dataSource.query(
      `SELECT f.* FROM calendar_feed f LEFT JOIN person p ON p.name = f.owner
        WHERE f.hash = $1 AND f.revoked_at IS NULL AND (f.owner IS NULL OR p.active)`,
      [tokenHash(token)],
    );
    return rows[0] === undefined ? null : feedOf(rows[0]);
  }

  /** Feeds that are not revoked, newest first; of one owner, or of all (null). */
  async list(owner: string | null): Promise<CalendarFeed[]> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT * FROM calendar_feed WHERE revoked_at IS NULL AND ($1::text IS NULL OR owner = $1)
        ORDER BY created_at DESC, id LIMIT 500`,
      [owner],
    );
    return rows.map(feedOf);
  }

  /** False when `owner` (null: no restriction) has no such feed. */
  async revoke(id: string, owner: string | null, actor: Actor): Promise<boolean> {
    if (!isUuid(id)) return false;
    const rows: unknown[] = await this.dataSource.query(
      `WITH ended AS (
         UPDATE calendar_feed SET revoked_by = $3, revoked_at = tocsin_now()
          WHERE id = $1 AND revoked_at IS NULL AND ($2::text IS NULL OR owner = $2) RETURNING id, revoked_at),
       audit AS (
         ${auditInsert({
           at: 'revoked_at',
           actor: '$3',
           action: "'calendar_feed.revoke'",
           subject: "'calendar-feed/' || id",
           data: "'{}'",
           from: 'FROM ended',
         })})
       SELECT id FROM ended`,
      [id, owner, actor],
    );
    return rows.length > 0;
  }

  /**
   * Changes by schedule. Revisions and overrides are never deleted, so the number only rises; a cancelled override
   * counts twice.
   */
  async changes(): Promise<Map<string, ScheduleChanges>> {
    const rows: { schedule: string; sequence: number; at: Date }[] = await this.dataSource.query(
      `SELECT schedule, sum(n)::int AS sequence, max(at) AS at FROM (
         SELECT name AS schedule, count(*) AS n, max(at) AS at FROM config_object WHERE kind = 'Schedule' GROUP BY name
         UNION ALL
         SELECT schedule, count(*) + count(cancelled_at), greatest(max(created_at), max(cancelled_at))
           FROM schedule_override GROUP BY schedule) counted
        GROUP BY schedule`,
    );
    return new Map(rows.map(({ schedule, sequence, at }) => [schedule, { sequence, at: at.toISOString() }]));
  }
}

const feedOf = (row: Row): CalendarFeed => ({
  id: row.id,
  person: row.person,
  schedule: row.schedule,
  owner: row.owner,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
});

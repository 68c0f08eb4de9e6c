/** Test pages, opened and confirmed through their links. */
import type { DataSource } from 'typeorm';
import { TEST_OPEN_DAYS } from '../../domain/people/limits.js';
import { linkHash, type RootKeys } from '../../shared/keys.js';
import { type ContactAt, markContactReached } from './contact-status.js';

/** A test page, opened through its link. */
export interface OpenedTest extends ContactAt {
  channel: string;
  displayName: string;
  timezone: string;
  requestedBy: string;
  createdAt: string;
  confirmedAt: string | null;
  /** Older than a week: a confirmation proves nothing any more. */
  isOver: boolean;
  now: string;
}

const hashesOf = (rootKeys: RootKeys, token: string): Buffer[] =>
  rootKeys.map((root) => linkHash(root, token));

/** The test page of a link; null when there is none. */
export async function openTestPage(
  dataSource: DataSource,
  rootKeys: RootKeys,
  token: string,
): Promise<OpenedTest | null> {
  const rows: (Omit<OpenedTest, 'createdAt' | 'confirmedAt' | 'now'> & {
    createdAt: Date;
    confirmedAt: Date | null;
    now: Date;
  })[] = await dataSource.query(
    `SELECT m.person, m.contact, m.address, m.channel, m.requested_by AS "requestedBy", m.created_at AS "createdAt",
            m.confirmed_at AS "confirmedAt", coalesce(p.display_name, m.person) AS "displayName",
            coalesce(p.timezone, 'UTC') AS timezone, tocsin_now() AS now,
            m.created_at < tocsin_now() - $2::int * interval '1 day' AS "isOver"
       FROM contact_message m LEFT JOIN person p ON p.name = m.person WHERE m.link = ANY ($1) AND m.kind = 'test'`,
    [hashesOf(rootKeys, token), TEST_OPEN_DAYS],
  );
  const row = rows[0];
  return row === undefined
    ? null
    : {
        ...row,
        createdAt: row.createdAt.toISOString(),
        confirmedAt: row.confirmedAt?.toISOString() ?? null,
        now: row.now.toISOString(),
      };
}

/** "I have it": marks the address as reaching its person. Later presses change nothing. */
export async function confirmTestPage(
  dataSource: DataSource,
  rootKeys: RootKeys,
  token: string,
): Promise<void> {
  await dataSource.transaction(async (tx) => {
    const rows: ContactAt[] = await tx.query(
      `WITH confirmed AS (
         UPDATE contact_message SET confirmed_at = tocsin_now() WHERE link = ANY ($1) AND kind = 'test' AND confirmed_at IS NULL
            AND created_at >= tocsin_now() - $2::int * interval '1 day' RETURNING person, contact, address)
       SELECT * FROM confirmed`,
      [hashesOf(rootKeys, token), TEST_OPEN_DAYS],
    );
    if (rows[0] !== undefined) await markContactReached(tx, rows[0]);
  });
}

/** Expiry of links: some days after their incident closes, or at once when an administrator ends all access. */
import type { DataSource } from 'typeorm';
import type { IncidentEvent } from '../../domain/incident/events.js';
import { writeAudit } from '../audit/write-audit.js';
import type { Querying } from '../connection/querying.js';

/** Default of `TOCSIN_LINK_DAYS`. */
export const LINK_DAYS = 7;

/** The link of a digest is about other incidents too, and ends with the digest. People need a link for a while after the end; a reopened incident is answered with the links it had. */
export async function projectLinks(
  tx: Querying,
  incidentId: string,
  event: IncidentEvent,
  days: number,
): Promise<void> {
  if (event.kind === 'closed')
    await tx.query(
      `UPDATE link_token SET expires_at = $2::timestamptz + $3::int * interval '1 day'
        WHERE incident_id = $1 AND expires_at IS NULL AND NOT subject ? 'digest'`,
      [incidentId, event.at, days],
    );
  if (event.kind === 'reopened')
    await tx.query('UPDATE link_token SET expires_at = NULL WHERE incident_id = $1', [incidentId]);
}

export interface Ended {
  sessions: number;
  links: number;
  signInLinks: number;
}

/** Ends every session, every link in sent messages and every sign-in link. Later pages get links of their own. */
export function endAccess(dataSource: DataSource, actor: string): Promise<Ended> {
  return dataSource.transaction(async (tx) => {
    const count = async (sql: string): Promise<number> => {
      const rows: { n: number }[] = await tx.query(
        `WITH ended AS (${sql} RETURNING 1) SELECT count(*)::int AS n FROM ended`,
      );
      return rows[0]?.n ?? 0;
    };
    const ended = {
      sessions: await count('UPDATE session SET ended_at = tocsin_now() WHERE ended_at IS NULL'),
      links: await count('UPDATE link_token SET revoked_at = tocsin_now() WHERE revoked_at IS NULL'),
      signInLinks: await count('UPDATE setup_link SET used_at = tocsin_now() WHERE used_at IS NULL'),
    };
    await writeAudit(tx, { actor, action: 'access.end_all', subject: 'all', data: ended });
    return ended;
  });
}

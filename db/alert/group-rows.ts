/** The incident of each group of alerts. Whoever reads or writes a group's row holds its lock. */
import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { IncidentOfGroup } from '../../domain/alert/decide-grouping.js';
import type { Group } from '../../domain/alert/group.js';

/** Keys contain what senders send, of any length. */
export const groupId = ({ key }: Group): string => createHash('sha256').update(key).digest('base64');

/** Sorted, so that two batches never deadlock. The locks last as long as the transaction. */
export async function lockGroups(tx: EntityManager, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `SELECT count(pg_advisory_xact_lock(hashtextextended('group/' || id, 0)))
       FROM unnest($1::text[]) WITH ORDINALITY AS g (id, n)`,
    [[...new Set(ids)].toSorted()],
  );
}

interface GroupRow extends Omit<IncidentOfGroup, 'lastAt'> {
  lastAt: Date;
}

export async function incidentOfGroup(tx: EntityManager, id: string): Promise<IncidentOfGroup | null> {
  const rows: GroupRow[] = await tx.query(
    `SELECT i.id, i.state->>'number' AS number, i.status, i.service, i.drill, i.merged_into AS "mergedInto",
            i.state->>'resolvedAt' AS "resolvedAt", g.last_at AS "lastAt",
            jsonb_path_query_array(i.state, '$.escalations[*].team') AS teams
       FROM alert_group g JOIN incident i ON i.id = g.incident_id WHERE g.id = $1`,
    [id],
  );
  const [row] = rows;
  return row === undefined ? null : { ...row, lastAt: row.lastAt.toISOString() };
}

/** `takesOver`: this incident is the group's from now on; else the group's last time is renewed where it is the group's already. */
export async function noteJoined(
  tx: EntityManager,
  id: string,
  { incident, now, takesOver }: { incident: string; now: string; takesOver: boolean },
): Promise<void> {
  await tx.query(
    `INSERT INTO alert_group (id, incident_id, last_at) VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET incident_id = excluded.incident_id, last_at = excluded.last_at
      WHERE $4 OR alert_group.incident_id = excluded.incident_id`,
    [id, incident, now, takesOver],
  );
}

/** The incident that a group's alerts joined last. */
export interface GroupHead {
  incident: string;
  lastAt: string;
}

/** By id; a group that nothing joined yet has none. */
export async function headsOfGroups(
  tx: EntityManager,
  ids: readonly string[],
): Promise<Map<string, GroupHead>> {
  const rows: { id: string; incident: string; lastAt: Date }[] = await tx.query(
    'SELECT id, incident_id AS incident, last_at AS "lastAt" FROM alert_group WHERE id = ANY ($1)',
    [ids],
  );
  return new Map(rows.map(({ id, incident, lastAt }) => [id, { incident, lastAt: lastAt.toISOString() }]));
}

/** Several alerts joined the incident of their group, which is the group's already. */
export async function renewGroups(tx: EntityManager, renewed: ReadonlyMap<string, GroupHead>): Promise<void> {
  await tx.query(
    `UPDATE alert_group g SET last_at = r.at FROM unnest($1::text[], $2::timestamptz[]) AS r (id, at) WHERE g.id = r.id`,
    [[...renewed.keys()], [...renewed.values()].map(({ lastAt }) => lastAt)],
  );
}

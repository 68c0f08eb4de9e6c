/** Small queries on the post-mortem tables, for stores and views. */
import { noSections, type Sections } from '../../domain/postmortem/sections.js';
import type { ActionItemEdit } from '../projections/project-review.js';
import type { Querying } from '../connection/querying.js';

/** The current texts; empty ones while there is no draft. */
export async function readSections(tx: Querying, incidentId: string): Promise<Sections> {
  const rows: { sections: Sections }[] = await tx.query(
    'SELECT sections FROM postmortem WHERE incident_id = $1',
    [incidentId],
  );
  return { ...noSections, ...rows[0]?.sections };
}

/** The texts of one revision; null when there is no such revision. */
export async function readRevision(
  tx: Querying,
  incidentId: string,
  revision: number,
): Promise<Sections | null> {
  const rows: { sections: Sections }[] = await tx.query(
    'SELECT sections FROM postmortem_revision WHERE incident_id = $1 AND revision = $2',
    [incidentId, revision],
  );
  const row = rows[0];
  return row === undefined ? null : { ...noSections, ...row.sections };
}

export interface ActionItem extends ActionItemEdit {
  id: string;
  state: string;
  createdAt: string;
  closedAt: string | null;
}

/** In order of creation. `due` is a date without a time. */
export async function readActionItems(tx: Querying, incidentId: string): Promise<ActionItem[]> {
  const rows: (Omit<ActionItem, 'createdAt' | 'closedAt'> & { createdAt: Date; closedAt: Date | null })[] =
    await tx.query(
      `SELECT id, title, owner, due::text AS due, url, state, created_at AS "createdAt", closed_at AS "closedAt"
       FROM action_item WHERE incident_id = $1 ORDER BY created_at, id`,
      [incidentId],
    );
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  }));
}

/**
 * True when this list would change the open items. A form sends the whole list each time; an unchanged list must not
 * void approvals.
 */
export async function actionItemsDiffer(
  tx: Querying,
  incidentId: string,
  wanted: ActionItemEdit[],
): Promise<boolean> {
  const open = (await readActionItems(tx, incidentId)).filter((item) => item.state === 'open');
  const same = (one: ActionItemEdit, other: ActionItemEdit): boolean =>
    one.id === other.id &&
    one.title === other.title &&
    one.owner === other.owner &&
    one.due === other.due &&
    one.url === other.url;
  return open.length !== wanted.length || !wanted.every((item) => open.some((one) => same(one, item)));
}

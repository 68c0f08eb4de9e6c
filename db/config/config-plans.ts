/** Plans of configuration changes, stored between `plan` and `apply`. */
import type { Actor } from '../../domain/incident/state.js';
import type { Querying } from '../connection/querying.js';

export interface StoredPlan {
  version: number;
  documents: unknown;
  prune: boolean;
  author: Actor;
}

/** Plans stored per author: a plan is read and applied, not archived. */
const PLANS_KEPT = 50;

export async function savePlan(tx: Querying, id: string, plan: StoredPlan): Promise<void> {
  await tx.query(
    `WITH old AS (
       DELETE FROM config_plan WHERE at < tocsin_now() - interval '1 day'
          OR id IN (SELECT id FROM config_plan WHERE author = $5 ORDER BY at DESC OFFSET ${PLANS_KEPT - 1}))
     INSERT INTO config_plan (id, version, documents, prune, author, at) VALUES ($1, $2, $3, $4, $5, tocsin_now())`,
    [id, plan.version, JSON.stringify(plan.documents), plan.prune, plan.author],
  );
}

export async function findPlan(tx: Querying, id: string): Promise<StoredPlan | null> {
  const rows: { version: string; documents: unknown; prune: boolean; author: string }[] = await tx.query(
    'SELECT version, documents, prune, author FROM config_plan WHERE id = $1',
    [id],
  );
  const row = rows[0];
  return row === undefined ? null : { ...row, version: Number(row.version) };
}

/** Authors of the runbook revisions that a run executes. */
import type { Actor } from '../../domain/incident/state.js';
import type { Querying } from '../connection/querying.js';

/**
 * The author of the executed revision, and of each revision since people last approved a run of this runbook as `two-person`: an
 * edit by another person does not make an unseen change theirs. Drills and dry runs approve nothing.
 */
export async function authorsOf(tx: Querying, run: string): Promise<Actor[]> {
  const rows: { author: string }[] = await tx.query(
    `SELECT DISTINCT o.author FROM run r
       JOIN config_object o ON o.kind = 'Runbook' AND o.name = r.runbook AND o.spec IS NOT NULL
      WHERE r.id = $1 AND (o.revision = r.revision OR (o.revision < r.revision AND o.revision > coalesce((
        SELECT max(e.revision) FROM run e JOIN approval a ON a.run_id = e.id JOIN incident i ON i.id = e.incident_id
         WHERE e.runbook = r.runbook AND e.revision <= r.revision AND NOT e.dry_run AND i.drill IS NULL
           AND a.two_person AND a.outcome = 'approved'), 0)))`,
    [run],
  );
  return rows.map(({ author }) => author);
}

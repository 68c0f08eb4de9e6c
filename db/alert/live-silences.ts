/** Silences that have not ended, for the snapshot: every alert is compared with them. */
import type { LiveSilence } from '../../domain/alert/silence.js';
import type { Querying } from '../connection/querying.js';

export async function readLiveSilences(tx: Querying): Promise<LiveSilence[]> {
  const rows: (Omit<LiveSilence, 'until'> & { until: Date })[] = await tx.query(
    `SELECT id, matchers, teams, until_at AS until, coalesce(owner, created_by) AS owner, reason FROM silence
      WHERE ended_at IS NULL AND until_at > tocsin_now() ORDER BY until_at DESC, id`,
  );
  return rows.map((row) => ({ ...row, until: row.until.toISOString() }));
}

/** Reads and changes rows of `drill_run`. */
import type { DrillSpec } from '../../domain/drill/drill-spec.js';
import type { DrillScore } from '../../domain/drill/score.js';
import { type Duration, durationMs } from '../../domain/shared/duration.js';
import { databaseTime } from '../connection/database-time.js';
import type { Querying } from '../connection/querying.js';

export type DrillState = 'running' | 'finished' | 'aborted';

export interface DrillRow {
  id: string;
  drill: string;
  spec: DrillSpec;
  incident_id: string | null;
  state: DrillState;
  started_by: string;
  aborted_by: string | null;
  /** Null until no expectation is pending; final from then on, like `expectations`. */
  score: DrillScore['score'] | null;
  expectations: DrillScore['expectations'];
  started_at: Date;
  finished_at: Date | null;
}

export async function readRun(tx: Querying, id: string): Promise<DrillRow | null> {
  const rows: DrillRow[] = await tx.query('SELECT * FROM drill_run WHERE id = $1', [id]);
  return rows[0] ?? null;
}

/** Time until `after` has passed since the start of the run; negative when it has. */
export const leftMs = async (tx: Querying, run: DrillRow, after: Duration): Promise<number> =>
  run.started_at.getTime() + durationMs(after) - Date.parse(await databaseTime(tx));

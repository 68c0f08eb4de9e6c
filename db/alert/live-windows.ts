/** Maintenance windows with a time to come, for the snapshot. */
import type { LiveWindow } from '../../domain/alert/live-window.js';
import type { Querying } from '../connection/querying.js';

export const readLiveWindows = (tx: Querying): Promise<LiveWindow[]> =>
  tx.query(
    `SELECT id, services, spans, coalesce(owner, created_by) AS owner, reason FROM maintenance_window
      WHERE ended_at IS NULL AND last_to > tocsin_now() ORDER BY created_at, id`,
  );

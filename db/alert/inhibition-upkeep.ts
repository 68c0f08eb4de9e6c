/** Due work of inhibition: alerts that fire already when documents change, and what is held by an alert that is over. */
import type { DataSource } from 'typeorm';
import { HELD_BY_INHIBITION, inhibits } from '../../domain/alert/inhibition.js';
import type { MatchedAlert } from '../../domain/alert/matcher.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { type Judging, releaseHeldAlerts } from './held-alerts.js';
import { MATCHED_TEXTS, noteRows } from './inhibiting-alerts.js';

export class InhibitionUpkeep {
  /** Version of the documents by which the open alerts were looked at. */
  private noted = -1;

  /** Safe to repeat, and at once in several processes. */
  async release(judging: Judging): Promise<number> {
    const snapshot = await judging.snapshots.latest(judging.dataSource.manager);
    if (snapshot.version !== this.noted) {
      await noteAllInhibiting(judging.dataSource, snapshot);
      this.noted = snapshot.version;
    }
    await forgetOver(judging.dataSource);
    return releaseInhibited(judging, snapshot);
  }
}

const AT_ONCE = 500;

/** Alerts that fire already when documents change. Reads all open alerts in pages; once for each version in each process. */
async function noteAllInhibiting(dataSource: DataSource, snapshot: ConfigSnapshot): Promise<void> {
  if (snapshot.list('Inhibition').length === 0) return;
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows: (MatchedAlert & { id: string })[] = await dataSource.query(
      `SELECT a.id, ${MATCHED_TEXTS} FROM alert a WHERE a.status = 'open' AND a.id > $1 ORDER BY a.id LIMIT ${AT_ONCE}`,
      [after],
    );
    await noteRows(
      dataSource,
      rows.map((row) => ({ id: row.id, names: inhibits(snapshot, row) })),
    );
    const last = rows.at(-1);
    if (last === undefined || rows.length < AT_ONCE) return;
    after = last.id;
  }
}

/** What is held by an alert that is over, or by a document that is deleted, is judged again. Returns how many were judged. */
async function releaseInhibited(judging: Judging, snapshot: ConfigSnapshot): Promise<number> {
  const { dataSource } = judging;
  const names = snapshot.list('Inhibition').map(({ name }) => name);
  const over: { by: string }[] = await dataSource.query(
    `SELECT DISTINCT a.held_by AS by FROM alert a
      WHERE a.status = 'open' AND a.held_by LIKE '${HELD_BY_INHIBITION}%' AND (split_part(a.held_by, '/', 3) <> ALL ($1::text[])
        OR NOT EXISTS (SELECT 1 FROM alert w WHERE w.status = 'open'
             AND w.id = CASE WHEN a.held_by LIKE '${HELD_BY_INHIBITION}%' THEN split_part(a.held_by, '/', 2)::uuid END))
      LIMIT 50`,
    [names],
  );
  let released = 0;
  for (const { by } of over) released += await releaseHeldAlerts(judging, by);
  return released;
}

const forgetOver = (dataSource: DataSource): Promise<unknown> =>
  dataSource.query(
    `DELETE FROM inhibiting_alert h WHERE NOT EXISTS (SELECT 1 FROM alert a WHERE a.id = h.alert_id AND a.status = 'open')`,
  );

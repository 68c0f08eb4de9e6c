/** Due work of silences and maintenance windows: reminders, those whose alerts have cleared, and what ended silences still hold. Found again after a restart. */
import type { DataSource } from 'typeorm';
import { matchersText, namedAlerts, type Matcher } from '../../domain/alert/matcher.js';
import { endReminders } from '../../domain/alert/remind-silence.js';
import { heldByWindow } from '../../domain/alert/maintenance.js';
import { heldBySilence } from '../../domain/alert/silence.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { liveEdit } from '../config/live-change.js';
import type { ContactMessages } from '../people/contact-messages.js';
import { type Judging, releaseHeldAlerts } from './held-alerts.js';

const IN_FORCE = 's.ended_at IS NULL AND s.until_at > tocsin_now()';

/** Alerts of a silence or a maintenance window that has ended are judged again; what still fires pages. Returns how many were judged. */
export async function releaseSilenced(judging: Judging): Promise<number> {
  const over: { by: string }[] = await judging.dataSource.query(
    `SELECT DISTINCT a.held_by AS by FROM alert a
      WHERE a.status = 'open'
        AND (a.held_by LIKE '${heldBySilence('%')}'
             AND NOT EXISTS (SELECT 1 FROM silence s WHERE '${heldBySilence('')}' || s.id = a.held_by AND ${IN_FORCE})
          OR a.held_by LIKE '${heldByWindow('%')}'
             AND (a.held_until <= tocsin_now() OR NOT EXISTS (
               SELECT 1 FROM maintenance_window w WHERE '${heldByWindow('')}' || w.id = a.held_by AND w.ended_at IS NULL)))
      LIMIT 50`,
  );
  let released = 0;
  const failures: unknown[] = [];
  for (const { by } of over)
    released += await releaseHeldAlerts(judging, by).catch((error: unknown) => {
      failures.push(error);
      return 0;
    });
  if (failures.length > 0) throw new AggregateError(failures, 'what a holder held could not be released');
  return released;
}

interface Ending {
  id: string;
  owner: string | null;
  teams: string[] | null;
  matchers?: Matcher[];
  services?: string[];
  reason: string;
  until: Date;
  held: number;
  now: Date;
}

const ENDING = {
  silence: `SELECT s.id, s.owner, s.teams, s.matchers, s.reason, s.until_at AS until, tocsin_now() AS now,
      (SELECT count(*)::int FROM alert a WHERE a.status = 'open' AND a.held_by = '${heldBySilence('')}' || s.id) AS held
      FROM silence s WHERE ${IN_FORCE} AND s.remind_at <= tocsin_now() ORDER BY s.remind_at LIMIT 50 FOR UPDATE SKIP LOCKED`,
  maintenance_window: `SELECT w.id, w.owner, NULL AS teams, w.services, w.reason, w.last_to AS until, tocsin_now() AS now,
      (SELECT count(*)::int FROM alert a WHERE a.status = 'open' AND a.held_by = '${heldByWindow('')}' || w.id) AS held
      FROM maintenance_window w WHERE w.ended_at IS NULL AND w.last_to > tocsin_now() AND w.remind_at <= tocsin_now()
      ORDER BY w.remind_at LIMIT 50 FOR UPDATE SKIP LOCKED`,
} as const;

interface Reminding {
  dataSource: DataSource;
  snapshots: Pick<ConfigSnapshots, 'latest'>;
  messages: Pick<ContactMessages, 'plan'>;
}

/** Reminds the owners of silences and maintenance windows of their end. */
export async function remindOwners(parts: Reminding): Promise<number> {
  return (await remindOf(parts, 'silence')) + (await remindOf(parts, 'maintenance_window'));
}

/** Plans each reminder once: the row is locked until its messages are planned. */
async function remindOf(
  { dataSource, snapshots, messages }: Reminding,
  table: keyof typeof ENDING,
): Promise<number> {
  return dataSource.transaction(async (tx) => {
    const rows: Ending[] = await tx.query(ENDING[table]);
    if (rows.length === 0) return 0;
    const snapshot = await snapshots.latest(tx);
    for (const { now, until, matchers, services, ...row } of rows) {
      const mute = {
        ...row,
        kind: table === 'silence' ? ('silence' as const) : ('maintenance window' as const),
        until: until.toISOString(),
        mutes: matchers === undefined ? (services ?? []).join(', ') : matchersText(matchers),
        teams:
          services === undefined
            ? row.teams
            : services.flatMap((service) => snapshot.get('Service', service)?.spec.team ?? []),
      };
      for (const { title, text, ...message } of endReminders(mute, snapshot, now.toISOString()))
        await messages.plan(tx, {
          ...message,
          requestedBy: `${table}/${row.id}`,
          code: null,
          notice: { title, text },
        });
      await tx.query(`UPDATE ${table} SET remind_at = NULL WHERE id = $1`, [row.id]);
    }
    return rows.length;
  });
}

/** Ends silences "until they clear" of which no alert fires any more. */
export async function endCleared(dataSource: DataSource, snapshots: ConfigSnapshots): Promise<number> {
  const candidates: { id: string; matchers: Matcher[] }[] = await dataSource.query(
    `SELECT s.id, s.matchers FROM silence s WHERE ${IN_FORCE} AND s.until_clear`,
  );
  let ended = 0;
  for (const { id, matchers } of candidates) {
    if (await anyFires(dataSource, matchers)) continue;
    await liveEdit(dataSource, snapshots, async ({ tx, now, changed }) => {
      const [, count]: [unknown, number] = await tx.query(
        `UPDATE silence s SET ended_at = $2, ended_by = 'tocsin' WHERE s.id = $1 AND ${IN_FORCE}`,
        [id, now],
      );
      if (count === 0) return;
      const data = { because: 'none of its alerts fires any more' };
      await changed({ actor: 'tocsin', action: 'silence.end', subject: `silence/${id}`, data });
      ended += 1;
    });
  }
  return ended;
}

/** An alert that comes and goes has not cleared: it has to be over for so long. */
const CLEARED_FOR = "interval '5 minutes'";

/** An alert that a person closed fires until its source says that it is over. One that was never seen has not cleared. */
async function anyFires(dataSource: DataSource, matchers: readonly Matcher[]): Promise<boolean> {
  const { sources, keys } = namedAlerts(matchers);
  const rows: unknown[] = await dataSource.query(
    `SELECT 1 FROM unnest($1::text[]) AS k (key)
      WHERE NOT EXISTS (SELECT 1 FROM alert a WHERE a.source = ANY ($2) AND a.dedup_key = k.key)
         OR EXISTS (SELECT 1 FROM alert a WHERE a.source = ANY ($2) AND a.dedup_key = k.key AND a.status = 'open')
         OR EXISTS (
           SELECT 1 FROM unnest($2::text[]) AS f (source)
            CROSS JOIN LATERAL (SELECT a.closed_by, a.closed_at FROM alert a WHERE a.source = f.source AND a.dedup_key = k.key
                                 ORDER BY a.closed_at DESC LIMIT 1) last
            WHERE last.closed_at > tocsin_now() - ${CLEARED_FOR} OR last.closed_by <> 'tocsin' AND last.closed_by NOT LIKE 'source:%'
              AND NOT EXISTS (SELECT 1 FROM dropped_signal d WHERE d.source = f.source AND d.dedup_key = k.key
                                 AND d.action = 'resolve' AND d.at >= last.closed_at AND d.at <= tocsin_now() - ${CLEARED_FOR}))
      LIMIT 1`,
    [keys, sources],
  );
  return rows.length > 0;
}

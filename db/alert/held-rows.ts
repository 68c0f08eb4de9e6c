/** Rows of alerts that a stage holds. */
import type { EntityManager } from 'typeorm';
import type { Reason } from '../../domain/alert/decide-signal.js';
import type { AlertSignal } from '../../domain/alert/signal.js';
import type { Hold } from '../../domain/alert/stage.js';

export interface HeldAlert {
  id: string;
  source: string;
  service: string | null;
  heldBy: string;
  signal: AlertSignal;
  triggers: string[];
}

interface HeldRow {
  id: string;
  source: string;
  service: string | null;
  held_by: string;
  triggers: Date[] | null;
  signal: Omit<AlertSignal, 'action' | 'detail'> & { detail: { detail: AlertSignal['detail'] } };
}

/** The alert as its newest signal told it; null when nothing holds it any more. The caller has locked its key. */
export async function readHeld(tx: EntityManager, id: string): Promise<HeldAlert | null> {
  const rows: HeldRow[] = await tx.query(
    `SELECT id, source, service, held_by, triggers, jsonb_build_object(
              'dedupKey', dedup_key, 'title', coalesce(newest->>'title', title),
              'severity', coalesce(newest->>'severity', severity),
              'labels', coalesce(newest->'labels', labels), 'links', coalesce(newest->'links', links),
              'detail', coalesce(newest->'detail', detail), 'occurredAt', occurred_at, 'startedAt', started_at) AS signal,
            group_key AS "groupKey"
       FROM alert WHERE id = $1 AND status = 'open' AND held_by IS NOT NULL`,
    [id],
  );
  const [row] = rows as (HeldRow & { groupKey: string | null })[];
  if (row === undefined) return null;
  const { signal, triggers, groupKey, source, service, held_by } = row;
  return {
    id,
    source,
    service,
    heldBy: held_by,
    triggers: (triggers ?? []).map((at) => at.toISOString()),
    signal: {
      ...signal,
      action: 'trigger',
      detail: signal.detail.detail,
      ...(groupKey === null ? {} : { groupKey }),
    },
  };
}

/** Trigger times of the key's newest alert, open or closed. */
export async function triggersOfKey(tx: EntityManager, source: string, dedupKey: string): Promise<string[]> {
  const rows: { triggers: Date[] | null }[] = await tx.query(
    'SELECT triggers FROM alert WHERE source = $1 AND dedup_key = $2 ORDER BY first_at DESC LIMIT 1',
    [source, dedupKey],
  );
  return (rows[0]?.triggers ?? []).map((at) => at.toISOString());
}

export const saveTriggers = (tx: EntityManager, id: string, triggers: readonly string[]): Promise<unknown> =>
  tx.query('UPDATE alert SET triggers = $2 WHERE id = $1', [id, triggers]);

/** The alert has its incident, or another holder; the reasons are stored when something changed. */
export async function saveJudgement(
  tx: EntityManager,
  id: string,
  judged: { incident: string | null; hold: Hold | null; reasons: Reason[]; now: string },
): Promise<void> {
  const { incident, hold, reasons, now } = judged;
  await tx.query(
    `UPDATE alert SET incident_id = $2, released_by = CASE WHEN $2::uuid IS NULL THEN NULL ELSE held_by END, held_by = $3, held_until = $4, judged_at = $5,
       reasons = CASE WHEN held_by IS DISTINCT FROM $3 THEN reasons || $6::jsonb ELSE reasons END
      WHERE id = $1 AND status = 'open'`,
    [
      id,
      incident,
      hold?.by ?? null,
      hold?.until ?? null,
      now,
      JSON.stringify(reasons.map((reason) => ({ at: now, ...reason }))),
    ],
  );
}

/** It could not be judged: it is tried again later. */
export const noteJudged = (db: Pick<EntityManager, 'query'>, id: string): Promise<unknown> =>
  db.query('UPDATE alert SET judged_at = tocsin_now() WHERE id = $1', [id]);

export interface HeldKey {
  id: string;
  source: string;
  dedupKey: string;
}

/** Alerts of a holder, or, without one, those whose holder has ended or that nobody has judged for a while. */
export async function heldKeys(
  db: Pick<EntityManager, 'query'>,
  { by, judgedBefore, limit }: { by: string | null; judgedBefore: string | null; limit: number },
): Promise<HeldKey[]> {
  return db.query(
    `SELECT id, source, dedup_key AS "dedupKey" FROM alert
      WHERE status = 'open' AND held_by IS NOT NULL AND ($1::text IS NULL OR held_by = $1)
        AND ($2::timestamptz IS NULL OR judged_at < $2)
        AND ($1::text IS NOT NULL OR held_until <= tocsin_now() OR judged_at < tocsin_now() - interval '30 seconds')
      ORDER BY source, dedup_key LIMIT $3`,
    [by, judgedBefore, limit],
  );
}

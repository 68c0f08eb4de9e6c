/** Counts many plain repeats (`domain/alert/plain-repeat.ts`) in one statement. */
import type { EntityManager } from 'typeorm';
import type { AlertSignal } from '../../domain/alert/signal.js';
import { detailOf } from './alert-rows.js';

export interface CountedRepeats {
  alert: string;
  count: number;
  /** The newest message. */
  signal: AlertSignal;
  /** Digest of the body of the newest message. */
  body: string | null;
  /** The newest ones that were told. */
  startedAt: string | null;
  groupKey: string | null;
}

/**
 * The counter, the times, the auto-resolve deadline and, where they differ from the first ones, the words. Returns the alerts that were
 * counted: the others have been closed meanwhile (a person resolved their incident), and have to be decided anew.
 */
export async function countRepeats(
  tx: EntityManager,
  repeats: readonly CountedRepeats[],
  now: string,
): Promise<Set<string>> {
  const [counted]: [{ id: string }[], number] = await tx.query(
    `UPDATE alert a SET count = a.count + r.count, last_at = $1, triggered_at = $1, trigger_body = r.body, resolve_at = r.resolve_at,
       started_at = coalesce(r.started_at, a.started_at), group_key = coalesce(r.group_key, a.group_key),
       newest = CASE WHEN r.newest IS DISTINCT FROM coalesce(a.newest, jsonb_build_object(
         'title', a.title, 'severity', a.severity, 'labels', a.labels, 'links', a.links, 'detail', a.detail)) THEN r.newest ELSE a.newest END
       FROM jsonb_to_recordset($2::jsonb) AS r (alert uuid, count bigint, body text, resolve_at timestamptz, started_at timestamptz,
         group_key text, newest jsonb)
      WHERE a.id = r.alert AND a.status = 'open' RETURNING a.id`,
    [now, JSON.stringify(repeats.map(rowOf))],
  );
  return new Set(counted.map(({ id }) => id));
}

function rowOf({ alert, count, signal, body, startedAt, groupKey }: CountedRepeats): object {
  const { title, severity, labels, links } = signal;
  return {
    alert,
    count,
    body,
    resolve_at: signal.resolveAt ?? null,
    started_at: startedAt,
    group_key: groupKey,
    newest: { title, severity, labels, links, detail: detailOf(signal) },
  };
}

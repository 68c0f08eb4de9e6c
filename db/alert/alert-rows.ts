/** Rows of alerts, parked resolves and dropped signals. The decisions about them are in `domain/alert`. */
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { KeyFacts, LastClosed, LastIncident, Reason } from '../../domain/alert/decide-signal.js';
import { type IncidentOfClosedAlert, stillBelongs } from '../../domain/alert/reopen-window.js';
import type { AlertSignal } from '../../domain/alert/signal.js';
import type { Hold } from '../../domain/alert/stage.js';
import type { Severity } from '../../domain/config/terms.js';
import { jsonbSafeText } from '../../domain/shared/jsonb-safe.js';
import { isOpenIncident } from '../../domain/incident/is-open.js';

export interface KeysRead {
  now: string;
  configVersion: number;
  facts: Map<string, KeyFacts>;
}

interface FactRow {
  dedup_key: string;
  now: Date;
  version: string;
  open: KeyFacts['open'];
  parked: KeyFacts['parkedResolve'];
  closed: ClosedFacts | null;
}

interface ClosedFacts extends Omit<LastClosed, 'belongs' | 'of'> {
  of: (Omit<LastIncident, 'isOpen'> & IncidentOfClosedAlert) | null;
}

/**
 * Locks the keys and reads their facts. Keys must arrive sorted, so that two batches never deadlock. The locks are
 * taken in a statement of their own: the facts must be read after the last lock is held.
 */
export async function lockKeys(tx: EntityManager, source: string, dedupKeys: string[]): Promise<KeysRead> {
  await tx.query(
    `SELECT count(pg_advisory_xact_lock(hashtextextended('alert/' || $1 || '/' || key, 0)))
       FROM unnest($2::text[]) WITH ORDINALITY AS k (key, n)`,
    [source, dedupKeys],
  );
  return readKeys(tx, source, dedupKeys);
}

/**
 * Facts of keys that the caller has locked. Commands of people (resolve, merge) do not take these locks, so facts
 * read earlier may be out of date.
 */
export async function readKeys(tx: EntityManager, source: string, dedupKeys: string[]): Promise<KeysRead> {
  const rows: FactRow[] = await tx.query(
    `SELECT k.key AS dedup_key, tocsin_now() AS now, h.version + h.live AS version,
       (SELECT jsonb_build_object('id', id, 'incident', incident_id, 'severity', severity, 'occurredAt', occurred_at) FROM alert
         WHERE source = $1 AND dedup_key = k.key AND status = 'open') AS open,
       (SELECT jsonb_build_object('at', at, 'occurredAt', occurred_at) FROM parked_resolve
         WHERE source = $1 AND dedup_key = k.key) AS parked,
       (SELECT jsonb_build_object('id', a.id, 'incident', a.incident_id, 'severity', a.severity, 'service', a.service,
                 'closedAt', a.closed_at, 'closedBy', a.closed_by, 'startedAt', a.started_at, 'triggerBody', a.trigger_body,
                 'triggeredAt', a.triggered_at,
                 'of', CASE WHEN i.id IS NOT NULL THEN jsonb_build_object('number', i.state->>'number', 'service', i.service,
                   'drill', i.drill, 'status', i.status, 'mergedInto', i.merged_into, 'resolvedAt', i.resolved_at,
                   'teams', jsonb_path_query_array(i.state, '$.escalations[*].team')) END)
          FROM alert a LEFT JOIN incident i ON i.id = a.incident_id
         WHERE a.source = $1 AND a.dedup_key = k.key AND a.status = 'closed' ORDER BY a.closed_at DESC LIMIT 1) AS closed
     FROM config_head h, unnest($2::text[]) AS k (key)`,
    [source, dedupKeys],
  );
  const now = rows[0]?.now.toISOString() ?? '';
  const facts = new Map(
    rows.map(({ dedup_key, open, parked, closed }) => [
      dedup_key,
      { open, parkedResolve: parked, lastClosed: closed === null ? null : lastClosedOf(closed, now) },
    ]),
  );
  return { now, configVersion: Number(rows[0]?.version ?? 0), facts };
}

function lastClosedOf({ of, ...closed }: ClosedFacts, now: string): LastClosed {
  if (of === null) return { ...closed, belongs: false, of: null };
  const { status, mergedInto, resolvedAt, ...incident } = of;
  return {
    ...closed,
    belongs: stillBelongs(closed.closedAt, { status, mergedInto, resolvedAt }, now),
    of: { ...incident, isOpen: isOpenIncident({ status }) },
  };
}

/** Open alert keys of a group: the end of the group closes the keys that the notification no longer names. */
export async function openKeysOfGroup(
  tx: EntityManager,
  source: string,
  { key, named, limit }: { key: string; named: readonly string[]; limit: number },
): Promise<string[]> {
  const rows: { key: string }[] = await tx.query(
    `SELECT dedup_key AS key FROM alert WHERE source = $1 AND group_key = $2 AND status = 'open' AND dedup_key <> ALL ($3)
     ORDER BY 1 LIMIT $4`,
    [source, key, named, limit],
  );
  return rows.map(({ key: open }) => open);
}

export interface NewAlert {
  source: string;
  signal: AlertSignal;
  service: string | null;
  status: 'open' | 'closed';
  count: number;
  incident: string | null;
  reasons: Reason[];
  now: string;
  /** Digest of the request body that contained the signal. */
  body: string | null;
  /** What holds it, so that it has no incident. */
  hold?: Hold | null;
  /** Times that `after` counts. */
  triggers?: readonly string[];
}

export async function insertAlert(
  tx: EntityManager,
  alert: NewAlert,
  id: string = randomUUID(),
): Promise<string> {
  await insertAlerts(tx, [{ ...alert, id }]);
  return id;
}

export async function insertAlerts(
  tx: EntityManager,
  alerts: readonly (NewAlert & { id: string })[],
): Promise<void> {
  await tx.query(
    `INSERT INTO alert (id, source, dedup_key, status, title, severity, service, labels, links, detail, count, incident_id, reasons,
       first_at, last_at, triggered_at, occurred_at, resolve_at, closed_at, closed_by, started_at, trigger_body, group_key,
       held_by, held_until, judged_at, triggers)
     SELECT id, source, dedup_key, status, title, severity, service, labels, links, detail, count, incident_id, reasons,
       now, now, now, occurred_at, resolve_at, CASE WHEN status = 'closed' THEN now END,
       CASE WHEN status = 'closed' THEN 'source:' || source END, started_at, trigger_body, group_key, held_by, held_until, now,
       (SELECT array_agg(t::timestamptz ORDER BY n) FROM jsonb_array_elements_text(nullif(triggers, 'null')) WITH ORDINALITY AS e (t, n))
       FROM jsonb_to_recordset($1::jsonb) AS a (id uuid, source text, dedup_key text, status text, title text, severity text,
         service text, labels jsonb, links jsonb, detail jsonb, count bigint, incident_id uuid, reasons jsonb, now timestamptz,
         occurred_at timestamptz, resolve_at timestamptz, started_at timestamptz, trigger_body text, group_key text, held_by text,
         held_until timestamptz, triggers jsonb)`,
    [JSON.stringify(alerts.map(rowOf))],
  );
}

function rowOf({ id, signal, ...alert }: NewAlert & { id: string }): object {
  return {
    id,
    source: alert.source,
    // As texts these would be stored with the same replacement.
    dedup_key: jsonbSafeText(signal.dedupKey),
    status: alert.status,
    title: jsonbSafeText(signal.title),
    severity: signal.severity,
    service: alert.service,
    labels: signal.labels,
    links: signal.links,
    detail: detailOf(signal),
    count: alert.count,
    incident_id: alert.incident,
    reasons: alert.reasons.map((reason) => ({ at: alert.now, ...reason })),
    now: alert.now,
    occurred_at: signal.occurredAt,
    resolve_at: signal.resolveAt ?? null,
    started_at: signal.startedAt ?? null,
    trigger_body: alert.body,
    group_key: signal.groupKey === undefined ? null : jsonbSafeText(signal.groupKey),
    held_by: alert.hold?.by ?? null,
    held_until: alert.hold?.until ?? null,
    triggers: alert.triggers ?? null,
  };
}

export const detailOf = ({ description, client, detail }: AlertSignal): object => ({
  description: description ?? null,
  client: client ?? null,
  detail,
});

/**
 * Counts a repeat: moves the counter and the auto-resolve deadline; the reason is stored once, not per repeat. False
 * when the alert has left that state (a person resolved its incident meanwhile): the caller must read the facts
 * again.
 */
export async function countAlert(
  tx: EntityManager,
  id: string,
  signal: AlertSignal,
  {
    count,
    now,
    body,
    status,
    raisedTo,
  }: {
    count: number;
    now: string;
    body: string | null;
    status: 'open' | 'closed';
    /** The new, worse severity; null: unchanged. */
    raisedTo: Severity | null;
  },
): Promise<boolean> {
  const counted: [unknown[], number] = await tx.query(
    `UPDATE alert SET count = count + $2, last_at = $3, triggered_at = $3, trigger_body = $6,
       resolve_at = CASE WHEN status = 'open' THEN $4::timestamptz END, started_at = coalesce($7, started_at),
       group_key = coalesce($8, group_key),
       severity = coalesce($5, severity)
     WHERE id = $1 AND status = $9`,
    [
      id,
      count,
      now,
      signal.resolveAt ?? null,
      raisedTo,
      body,
      signal.startedAt ?? null,
      signal.groupKey ?? null,
      status,
    ],
  );
  return counted[1] > 0;
}

export interface ClosedBy {
  now: string;
  /** `source:prometheus`, or `tocsin` for a deadline. */
  by: string;
  occurredAt: string | null;
  reasons: Reason[];
}

export async function closeAlert(
  tx: EntityManager,
  id: string,
  { now, by, occurredAt, reasons }: ClosedBy,
): Promise<void> {
  await tx.query(
    `UPDATE alert SET status = 'closed', closed_at = $2, closed_by = $5, last_at = $2, resolve_at = NULL,
       resolve_occurred_at = $3, reasons = reasons || $4::jsonb WHERE id = $1 AND status = 'open'`,
    [id, now, occurredAt, JSON.stringify(reasons.map((reason) => ({ at: now, ...reason }))), by],
  );
}

export async function parkResolve(
  tx: EntityManager,
  source: string,
  signal: AlertSignal,
  now: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO parked_resolve (source, dedup_key, at, occurred_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (source, dedup_key) DO UPDATE SET at = excluded.at, occurred_at = excluded.occurred_at`,
    [source, signal.dedupKey, now, signal.occurredAt],
  );
}

export async function unparkResolve(tx: EntityManager, source: string, dedupKey: string): Promise<void> {
  await tx.query('DELETE FROM parked_resolve WHERE source = $1 AND dedup_key = $2', [source, dedupKey]);
}

export async function noteDropped(
  tx: EntityManager,
  source: string,
  signal: AlertSignal,
  reasons: Reason[],
  now: string,
): Promise<void> {
  await tx.query(
    'INSERT INTO dropped_signal (id, at, source, dedup_key, action, reason) VALUES ($1, $2, $3, $4, $5, $6)',
    [
      randomUUID(),
      now,
      source,
      signal.dedupKey,
      signal.action,
      reasons.map((reason) => reason.text).join('; '),
    ],
  );
}

/**
 * Retention: deletes expired rows in small batches. The record itself (events, audit, ledger, post-mortems) is kept,
 * except the ledger of the canary, which grows by a page a minute.
 */
import type { DataSource } from 'typeorm';

/** A canary incident is replaced after a day and has a negative number. */
const oldCanary = `SELECT id FROM incident WHERE number < 0 AND closed_at < tocsin_now() - interval '2 days'`;

/** `key`: the columns that identify a row; `old`: when it expires. Ages are on database time. */
const leftovers = [
  { table: 'outbox', key: 'id', old: `delivered_at < tocsin_now() - interval '1 day'` },
  { table: 'ingest_log', key: 'id', old: `at < tocsin_now() - interval '30 days'` },
  { table: 'link_nonce', key: 'hash', old: `created_at < tocsin_now() - interval '2 days'` },
  { table: 'parked_resolve', key: 'source, dedup_key', old: `at < tocsin_now() - interval '1 hour'` },
  { table: 'config_plan', key: 'id', old: `at < tocsin_now() - interval '7 days'` },
  { table: 'provider_callback', key: 'id', old: `received_at < tocsin_now() - interval '30 days'` },
  {
    table: 'phone_callback',
    key: 'tag, provider, provider_id',
    old: `at < tocsin_now() - interval '30 days'`,
  },
  { table: 'paid_message_count', key: 'day, scope', old: `day < (tocsin_now() - interval '90 days')::date` },
  {
    table: 'sending_rate',
    key: 'scope',
    // A row that was only locked, never sent to, also expires.
    old: `coalesce(free_at, '-infinity') < tocsin_now() - interval '1 day'
          AND coalesce(recent[cardinality(recent)], '-infinity') < tocsin_now() - interval '1 day'`,
  },
  { table: 'inbound_reply', key: 'id', old: `at < tocsin_now() - interval '90 days'` },
  { table: 'session', key: 'hash', old: `expires_at < tocsin_now() - interval '7 days'` },
  { table: 'incident_opening', key: 'id', old: `at < tocsin_now() - interval '1 day'` },
  // Longer than the longest window and the most weeks of a baseline.
  {
    table: 'watch_bucket',
    key: 'watch, width, at',
    old: `width = 300 AND at < tocsin_now() - interval '8 days'`,
  },
  {
    table: 'watch_bucket',
    key: 'watch, width, at',
    old: `width = 3600 AND at < tocsin_now() - interval '64 days'`,
  },
  { table: 'pushed_value', key: 'watch, at', old: `received_at < tocsin_now() - interval '2 days'` },
  // Longer than any group's window (docs/configuration.md).
  { table: 'alert_group', key: 'id', old: `last_at < tocsin_now() - interval '31 days'` },
  { table: 'setup_link', key: 'hash', old: `expires_at < tocsin_now() - interval '7 days'` },
  { table: 'rejection', key: 'id', old: `at < tocsin_now() - interval '30 days'` },
  { table: 'dropped_signal', key: 'id', old: `at < tocsin_now() - interval '30 days'` },
  // A sender that repeats a command does so within hours.
  { table: 'command_log', key: 'incident_id, actor, key', old: `at < tocsin_now() - interval '30 days'` },
  {
    table: 'contact_message',
    key: 'id',
    old: `state IN ('accepted', 'failed') AND created_at < tocsin_now() - interval '90 days'`,
  },
  { table: 'contact_check', key: 'id', old: `expires_at < tocsin_now() - interval '30 days'` },
  {
    table: 'delivery_attempt',
    key: 'delivery_id, n',
    old: `delivery_id IN (SELECT id FROM delivery WHERE incident_id IN (${oldCanary}))`,
  },
  {
    table: 'delivery',
    key: 'id',
    // After its attempts, some of which a batch may have left.
    old: `incident_id IN (${oldCanary}) AND NOT EXISTS (SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = delivery.id)`,
  },
  {
    table: 'link_token',
    key: 'hash',
    old: `incident_id IN (${oldCanary}) AND NOT EXISTS (SELECT 1 FROM link_nonce n WHERE n.link_hash = link_token.hash)`,
  },
] as const;

const BATCH = 5_000;
/** Batches per table and run: a flood of a million rows is deleted within an hour, and no run takes long. */
const MAX_BATCHES = 40;

export interface Retention {
  onError: (error: unknown, table: string) => void;
  /** Rows per statement; only tests set it. */
  batch?: number;
}

/**
 * Returns the number of deleted rows by table. A table that fails does not block the others. Safe in several
 * processes at once.
 */
export async function applyRetention(
  dataSource: DataSource,
  { onError, batch = BATCH }: Retention,
): Promise<Record<string, number>> {
  const gone: Record<string, number> = {};
  for (const { table, key, old } of leftovers) {
    gone[table] ??= 0;
    try {
      for (let bites = 0, count = batch; bites < MAX_BATCHES && count === batch; bites += 1) {
        [, count] = (await dataSource.query(
          `DELETE FROM ${table} WHERE (${key}) IN
             (SELECT ${key} FROM ${table} WHERE ${old} LIMIT ${batch} FOR UPDATE SKIP LOCKED)`,
        )) as [unknown, number];
        gone[table] += count;
      }
    } catch (error) {
      onError(error, table);
    }
  }
  return gone;
}

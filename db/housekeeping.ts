/** What has served its purpose is deleted, in small bites. The record itself (events, audit, ledger, post-mortems) is kept. */
import type { DataSource } from 'typeorm';

/** `key`: the columns that name a row, `old`: when it may go. Ages on database time. */
const leftovers = [
  { table: 'outbox', key: 'id', old: `delivered_at < tocsin_now() - interval '1 day'` },
  { table: 'ingest_log', key: 'id', old: `at < tocsin_now() - interval '30 days'` },
  { table: 'link_nonce', key: 'hash', old: `created_at < tocsin_now() - interval '2 days'` },
  { table: 'parked_resolve', key: 'source, dedup_key', old: `at < tocsin_now() - interval '1 hour'` },
  { table: 'config_plan', key: 'id', old: `at < tocsin_now() - interval '7 days'` },
  { table: 'provider_callback', key: 'id', old: `received_at < tocsin_now() - interval '30 days'` },
  {
    table: 'phone_sighting',
    key: 'tag, provider, provider_id',
    old: `at < tocsin_now() - interval '30 days'`,
  },
  { table: 'paid_message_count', key: 'day, scope', old: `day < (tocsin_now() - interval '90 days')::date` },
  {
    table: 'sending_pace',
    key: 'scope',
    // A row that was only looked at says nothing either.
    old: `coalesce(free_at, '-infinity') < tocsin_now() - interval '1 day'
          AND coalesce(recent[cardinality(recent)], '-infinity') < tocsin_now() - interval '1 day'`,
  },
  { table: 'inbound_reply', key: 'id', old: `at < tocsin_now() - interval '90 days'` },
  { table: 'session', key: 'hash', old: `expires_at < tocsin_now() - interval '7 days'` },
  { table: 'setup_link', key: 'hash', old: `expires_at < tocsin_now() - interval '7 days'` },
] as const;

const BITE = 5_000;

/** Returns how many rows went, by table. Safe to run in several processes at once. */
export async function tidy(dataSource: DataSource): Promise<Record<string, number>> {
  const gone: Record<string, number> = {};
  for (const { table, key, old } of leftovers) {
    const [, count]: [unknown, number] = await dataSource.query(
      `DELETE FROM ${table} WHERE (${key}) IN
         (SELECT ${key} FROM ${table} WHERE ${old} LIMIT ${BITE} FOR UPDATE SKIP LOCKED)`,
    );
    gone[table] = count;
  }
  return gone;
}

/**
 * Leasing codes and test pages that are due. They go to the same providers and addresses as pages, so they take their turn from the
 * same rows (ADR 0008), in lower lanes: the weekly round of test pages leaves every page its place.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { type Ask, decideTurns, type LimitsByChannel, scopesOf } from '../domain/delivery/decide-turns.js';
import { laneOf } from '../domain/delivery/lanes.js';
import { LEASE_MS } from '../domain/delivery/ledger.js';
import { lockScopes, ms, saveScopes, scopesAsJson } from './ledger-pace.js';
import { retryingTransaction } from './retrying-transaction.js';

type Querying = Pick<EntityManager, 'query'>;

type AskRow = Pick<
  Ask,
  'id' | 'type' | 'person' | 'contact' | 'channel' | 'address' | 'attempts' | 'dueAtMs'
>;

/** The leases taken, the most urgent first. What has to wait stays planned, with the instant and the reason. */
export async function takeContactTurns(
  dataSource: DataSource,
  { limit, limitsBy }: { limit: number; limitsBy: LimitsByChannel },
): Promise<string[]> {
  // Most looks find nothing: they cost one statement.
  const found = await findDue(dataSource.manager, limit);
  if (found.length === 0) return [];
  return retryingTransaction(dataSource, async (tx) => {
    const scopes = scopesOf(found, limitsBy);
    const locked = scopes.length === 0 ? { scopes: new Map(), nowMs: 0 } : await lockScopes(tx, scopes);
    const turns = decideTurns(await lockDue(tx, found), [], { ...locked, limitsBy });
    const taken: { id: string; lease: string }[] = await tx.query(TAKE, [
      JSON.stringify(turns.go),
      LEASE_MS,
      JSON.stringify(turns.held),
      scopesAsJson(turns.scopes),
    ]);
    const leases = new Map(taken.map(({ id, lease }) => [id, lease]));
    return turns.go.flatMap((id) => leases.get(id) ?? []);
  });
}

const columns = `id, 'contact.' || kind AS type, person, contact, channel, address, attempts,
  coalesce(${ms('coalesce(due_at, lease_until)')}, 0) AS "dueAtMs"`;
const isDue = `((state = 'planned' AND due_at <= tocsin_now()) OR (state = 'sending' AND lease_until < tocsin_now()))`;

/** Codes first, then by age; from each channel as many, so that one whose provider is slow does not fill all places. */
async function findDue(db: Querying, limit: number): Promise<Ask[]> {
  const rows: AskRow[] = await db.query(
    `SELECT * FROM (
       SELECT ${columns}, row_number() OVER (PARTITION BY channel ORDER BY kind = 'test', due_at) AS place
         FROM contact_message WHERE ${isDue}) due ORDER BY place, "dueAtMs" LIMIT $1`,
    [limit],
  );
  return rows.map(toAsk);
}

async function lockDue(tx: Querying, found: readonly Ask[]): Promise<Ask[]> {
  const rows: AskRow[] = await tx.query(
    `SELECT ${columns} FROM contact_message WHERE ${isDue} AND id = ANY ($1) ORDER BY id FOR UPDATE SKIP LOCKED`,
    [found.map(({ id }) => id)],
  );
  return rows.map(toAsk);
}

/** They are about no incident, so nothing else can carry them or be carried. */
const toAsk = ({ id, type, person, contact, channel, address, attempts, dueAtMs }: AskRow): Ask => ({
  id,
  type,
  person,
  contact,
  channel,
  address,
  attempts,
  dueAtMs,
  incident: '',
  lane: laneOf(type),
  priority: 'P5',
  isDrill: false,
  cycle: 0,
  carrier: null,
});

const TAKE = `
  WITH clock AS MATERIALIZED (SELECT tocsin_now() AS now),
  taken AS (
    -- One that a vanished sender left behind may have been sent.
    UPDATE contact_message m SET doubtful = m.doubtful OR m.state = 'sending', state = 'sending', attempts = m.attempts + 1,
      lease = gen_random_uuid(), lease_until = clock.now + $2::int * interval '1 millisecond'
      FROM jsonb_array_elements_text($1::jsonb) AS going (id), clock WHERE m.id = going.id::uuid RETURNING m.id, m.lease),
  held AS (
    UPDATE contact_message m SET held = h.because,
      due_at = CASE WHEN m.state = 'planned' THEN to_timestamp(h."atMs" / 1000) ELSE m.due_at END,
      lease_until = CASE WHEN m.state = 'sending' THEN to_timestamp(h."atMs" / 1000) END
      FROM jsonb_to_recordset($3::jsonb) AS h (id uuid, "atMs" float8, because text) WHERE m.id = h.id),
  paced AS (${saveScopes('$4')})
  SELECT id, lease FROM taken`;

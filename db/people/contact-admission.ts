/**
 * Leases verification codes and test pages that are due. They use the same providers and addresses as pages, so they
 * share the rate-limit rows of pages (ADR 0008), in lower priority classes: the weekly round of test pages never
 * delays a page.
 */
import type { DataSource } from 'typeorm';
import {
  type DueDelivery,
  decideAdmission,
  type LimitsByChannel,
  scopesOf,
} from '../../domain/delivery/decide-admission.js';
import { priorityClassOf } from '../../domain/delivery/priority-classes.js';
import { LEASE_MS } from '../../domain/delivery/timeouts.js';
import { lockScopes, ms, saveScopes, scopesAsJson } from '../delivery/ledger-rate.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import type { Querying } from '../connection/querying.js';

type DueDeliveryRow = Pick<
  DueDelivery,
  'id' | 'type' | 'person' | 'contact' | 'channel' | 'address' | 'attempts' | 'dueAtMs'
>;

/** Takes leases, most urgent first. Messages over a limit stay planned, with a new time and the reason. */
export async function takeAdmitted(
  dataSource: DataSource,
  { limit, limitsBy }: { limit: number; limitsBy: LimitsByChannel },
): Promise<string[]> {
  // Most polls find nothing: they cost one statement.
  const found = await findDue(dataSource.manager, limit);
  if (found.length === 0) return [];
  return retryingTransaction(dataSource, async (tx) => {
    const scopes = scopesOf(found, limitsBy);
    const locked = scopes.length === 0 ? { scopes: new Map(), nowMs: 0 } : await lockScopes(tx, scopes);
    const admission = decideAdmission(await lockDue(tx, found), [], { ...locked, limitsBy });
    const taken: { id: string; lease: string }[] = await tx.query(TAKE, [
      JSON.stringify(admission.go),
      LEASE_MS,
      JSON.stringify(admission.held),
      scopesAsJson(admission.scopes),
    ]);
    const leases = new Map(taken.map(({ id, lease }) => [id, lease]));
    return admission.go.flatMap((id) => leases.get(id) ?? []);
  });
}

const columns = `id, 'contact.' || kind AS type, person, contact, channel, address, attempts,
  coalesce(${ms('coalesce(due_at, lease_until)')}, 0) AS "dueAtMs"`;
const isDue = `((state = 'planned' AND due_at <= tocsin_now()) OR (state = 'sending' AND lease_until < tocsin_now()))`;

/** Codes first, then by age; channels alternate, so that a channel with a slow provider does not fill the limit. */
async function findDue(db: Querying, limit: number): Promise<DueDelivery[]> {
  const rows: DueDeliveryRow[] = await db.query(
    `SELECT * FROM (
       SELECT ${columns}, row_number() OVER (PARTITION BY channel ORDER BY kind = 'test', due_at) AS position
         FROM contact_message WHERE ${isDue}) due ORDER BY position, "dueAtMs" LIMIT $1`,
    [limit],
  );
  return rows.map(toDueDelivery);
}

async function lockDue(tx: Querying, found: readonly DueDelivery[]): Promise<DueDelivery[]> {
  const rows: DueDeliveryRow[] = await tx.query(
    `SELECT ${columns} FROM contact_message WHERE ${isDue} AND id = ANY ($1) ORDER BY id FOR UPDATE SKIP LOCKED`,
    [found.map(({ id }) => id)],
  );
  return rows.map(toDueDelivery);
}

/** These messages belong to no incident, so they can neither bundle nor be bundled. */
const toDueDelivery = ({
  id,
  type,
  person,
  contact,
  channel,
  address,
  attempts,
  dueAtMs,
}: DueDeliveryRow): DueDelivery => ({
  id,
  type,
  person,
  contact,
  channel,
  address,
  attempts,
  dueAtMs,
  incident: '',
  priorityClass: priorityClassOf(type),
  priority: 'P5',
  isDrill: false,
  cycle: 0,
  bundle: null,
});

const TAKE = `
  WITH clock AS MATERIALIZED (SELECT tocsin_now() AS now),
  taken AS (
    -- A row whose sender disappeared may have been sent.
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

/**
 * Leases due deliveries: retries, later contacts, held pages, and those of a sender that disappeared. Locks the
 * rate-limit scopes before the rows, so that the lock holder sees every page that it could bundle.
 */
import type { DataSource } from 'typeorm';
import {
  type DueDelivery,
  byUrgency,
  decideAdmission,
  type LimitsByChannel,
  scopesOf,
} from '../../domain/delivery/decide-admission.js';
import { take } from '../../domain/delivery/take-due.js';
import { type DueQuery, findDue, lockDue, lockPending } from './ledger-admission.js';
import { mayHaveBeenDelivered } from './earlier-attempts.js';
import { lockScopes, saveScopes, scopesAsJson } from './ledger-rate.js';
import { codeOf, retryingTransaction } from '../connection/retrying-transaction.js';

export interface TakeDue extends DueQuery {
  sender: string;
  leaseMs: number;
  limitsBy: LimitsByChannel;
}

interface Taken {
  id: string;
  lease: string;
}

/**
 * An admission is decided in milliseconds. A process that holds a scope for longer is stalled and is not waited for:
 * deliveries that need the scope stay due.
 */
const PATIENCE_MS = 1_000;
const LOCK_NOT_AVAILABLE = '55P03';

/** The leases taken, most urgent first. */
export function takeDue(dataSource: DataSource, query: TakeDue): Promise<string[]> {
  return takeByChannel(dataSource, query, []);
}

/**
 * Takes each channel by itself: channels share no scope, so a scope held by a stalled process (`stuck`) blocks its
 * own channel alone.
 */
async function takeByChannel(dataSource: DataSource, query: TakeDue, stuck: string[]): Promise<string[]> {
  // Most polls find nothing: they cost one statement.
  const found = await findDue(dataSource.manager, query, stuck);
  const channels = [...new Set(found.map(({ channel }) => channel))];
  const admission = await Promise.allSettled(
    channels.map((channel) =>
      takeOf(
        dataSource,
        found.filter((row) => row.channel === channel),
        query,
      ),
    ),
  );
  const taken = admission.flatMap((slot) => (slot.status === 'fulfilled' ? (slot.value ?? []) : []));
  // Leased deliveries are sent even if another channel failed; that failure recurs on the next poll.
  const failed = admission.find((slot) => slot.status === 'rejected');
  if (taken.length === 0 && failed !== undefined) throw failed.reason;
  const leases = new Map(taken.map(({ id, lease }) => [id, lease]));
  const inOrder = found.toSorted(byUrgency).flatMap(({ id }) => leases.get(id) ?? []);
  const left = channels.filter((_channel, n) => {
    const slot = admission[n];
    return slot?.status === 'fulfilled' && slot.value === null;
  });
  // Rows that have to wait do not use up the limit of the others.
  if (left.length === 0 || found.length < query.limit) return inOrder;
  const rest = { ...query, limit: query.limit - inOrder.length };
  return [...inOrder, ...(await takeByChannel(dataSource, rest, [...stuck, ...left]))];
}

/** Null when a stalled process holds a scope. */
async function takeOf(
  dataSource: DataSource,
  found: readonly DueDelivery[],
  query: TakeDue,
): Promise<Taken[] | null> {
  const scopes = scopesOf(found, query.limitsBy);
  try {
    return await retryingTransaction(dataSource, async (tx) => {
      if (scopes.length > 0)
        await tx.query(`SELECT set_config('lock_timeout', $1, true)`, [`${PATIENCE_MS}ms`]);
      const locked = scopes.length === 0 ? { scopes: new Map(), nowMs: 0 } : await lockScopes(tx, scopes);
      const lockedRows = await lockDue(tx, found, query);
      if (lockedRows.length === 0) return [];
      const dueRows = lockedRows.filter((row) => take(row) === 'sending');
      const answered = lockedRows.filter((row) => take(row) === 'failed');
      const admission = decideAdmission(dueRows, await lockPending(tx, dueRows), {
        ...locked,
        limitsBy: query.limitsBy,
      });
      return tx.query(TAKE, [
        JSON.stringify(admission.go),
        query.sender,
        query.leaseMs,
        JSON.stringify(admission.held),
        JSON.stringify(admission.bundled),
        scopesAsJson(admission.scopes),
        answered.map(({ id }) => id),
      ]);
    });
  } catch (error) {
    if (codeOf(error) === LOCK_NOT_AVAILABLE) return null;
    throw error;
  }
}

const TAKE = `
  WITH clock AS MATERIALIZED (SELECT tocsin_now() AS now),
  going AS (SELECT value::uuid AS id FROM jsonb_array_elements_text($1::jsonb)),
  answered AS (
    UPDATE delivery d SET state = 'failed', lease = NULL, lease_until = NULL, due_at = NULL, updated_at = clock.now
      FROM clock WHERE d.id = ANY ($7)),
  taken AS (
    UPDATE delivery d SET state = 'sending', lease = gen_random_uuid(), attempts = d.attempts + 1,
      lease_until = clock.now + $3::int * interval '1 millisecond', updated_at = clock.now
      FROM going, clock WHERE d.id = going.id
    RETURNING d.id, d.lease, d.attempts, d.bundle, d.receipt),
  attempt AS (
    INSERT INTO delivery_attempt (delivery_id, n, at, sender, possible_duplicate)
    SELECT t.id, t.attempts, clock.now, $2, t.bundle IS NOT NULL OR coalesce(t.receipt, '') IN ('delivered', 'read') OR ${mayHaveBeenDelivered('t')}
      FROM taken t, clock),
  held AS (
    -- A held row whose sender disappeared keeps its lease until its slot, so that no sender takes it before.
    UPDATE delivery d SET held = h.because, updated_at = clock.now,
      due_at = CASE WHEN d.state = 'sending' THEN d.due_at ELSE to_timestamp(h."atMs" / 1000) END,
      lease_until = CASE WHEN d.state = 'sending' THEN to_timestamp(h."atMs" / 1000) END
      FROM jsonb_to_recordset($4::jsonb) AS h (id uuid, "atMs" float8, because text), clock
     WHERE d.id = h.id AND d.state IN ('planned', 'failed', 'sending')),
  carried AS (
    -- Due again well after the bundle's lease ran out: by then a sender has taken over the bundle.
    UPDATE delivery d SET bundle = c.bundle, due_at = clock.now + 2 * $3::int * interval '1 millisecond', updated_at = clock.now
      FROM jsonb_to_recordset($5::jsonb) AS c (id uuid, bundle uuid), clock
     WHERE d.id = c.id AND d.state = 'planned'),
  paced AS (${saveScopes('$6')})
  SELECT id, lease FROM taken`;

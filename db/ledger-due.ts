/**
 * Leasing what is due: retries, later contacts, what was held, and what a vanished sender left behind. The scopes that limit it
 * are locked before the rows, so whoever has the turn sees everything that it could carry.
 */
import type { DataSource } from 'typeorm';
import {
  type Ask,
  byUrgency,
  decideTurns,
  type LimitsByChannel,
  scopesOf,
} from '../domain/delivery/decide-turns.js';
import { type DueQuery, findDue, lockDue, lockOwed } from './ledger-asks.js';
import { mayHaveBeenTold } from './earlier-attempts.js';
import { lockScopes, saveScopes, scopesAsJson } from './ledger-pace.js';
import { codeOf, retryingTransaction } from './retrying-transaction.js';

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
 * A turn is decided in milliseconds. Who holds a scope for longer stands still, and is not waited for: what needs it stays owed.
 */
const PATIENCE_MS = 1_000;
const LOCK_NOT_AVAILABLE = '55P03';

/** The leases taken, most urgent first. */
export function takeDue(dataSource: DataSource, query: TakeDue): Promise<string[]> {
  return takeBeside(dataSource, query, []);
}

/**
 * Each channel by itself: they have no scope in common, so that one which is held by a process that stands still (`stuck`) holds up
 * its own channel alone.
 */
async function takeBeside(dataSource: DataSource, query: TakeDue, stuck: string[]): Promise<string[]> {
  // Most looks find nothing: they cost one statement.
  const found = await findDue(dataSource.manager, query, stuck);
  const channels = [...new Set(found.map(({ channel }) => channel))];
  const turns = await Promise.allSettled(
    channels.map((channel) =>
      takeOf(
        dataSource,
        found.filter((ask) => ask.channel === channel),
        query,
      ),
    ),
  );
  const taken = turns.flatMap((turn) => (turn.status === 'fulfilled' ? (turn.value ?? []) : []));
  // What was leased is sent, whatever went wrong elsewhere; that is met again at the next turn.
  const failed = turns.find((turn) => turn.status === 'rejected');
  if (taken.length === 0 && failed !== undefined) throw failed.reason;
  const leases = new Map(taken.map(({ id, lease }) => [id, lease]));
  const inOrder = found.toSorted(byUrgency).flatMap(({ id }) => leases.get(id) ?? []);
  const left = channels.filter((_channel, n) => {
    const turn = turns[n];
    return turn?.status === 'fulfilled' && turn.value === null;
  });
  // Rows that have to wait, however many, leave others their place.
  if (left.length === 0 || found.length < query.limit) return inOrder;
  const rest = { ...query, limit: query.limit - inOrder.length };
  return [...inOrder, ...(await takeBeside(dataSource, rest, [...stuck, ...left]))];
}

/** Null: a scope is held by somebody who stands still. */
async function takeOf(
  dataSource: DataSource,
  found: readonly Ask[],
  query: TakeDue,
): Promise<Taken[] | null> {
  const scopes = scopesOf(found, query.limitsBy);
  try {
    return await retryingTransaction(dataSource, async (tx) => {
      if (scopes.length > 0)
        await tx.query(`SELECT set_config('lock_timeout', $1, true)`, [`${PATIENCE_MS}ms`]);
      const locked = scopes.length === 0 ? { scopes: new Map(), nowMs: 0 } : await lockScopes(tx, scopes);
      const asks = await lockDue(tx, found, query);
      if (asks.length === 0) return [];
      const turns = decideTurns(asks, await lockOwed(tx, asks), { ...locked, limitsBy: query.limitsBy });
      return tx.query(TAKE, [
        JSON.stringify(turns.go),
        query.sender,
        query.leaseMs,
        JSON.stringify(turns.held),
        JSON.stringify(turns.carried),
        scopesAsJson(turns.scopes),
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
      FROM going, clock WHERE d.id = going.id AND d.state = 'sending' AND d.reason IS NOT NULL RETURNING d.id),
  taken AS (
    UPDATE delivery d SET state = 'sending', lease = gen_random_uuid(), attempts = d.attempts + 1,
      lease_until = clock.now + $3::int * interval '1 millisecond', updated_at = clock.now
      FROM going, clock WHERE d.id = going.id AND NOT (d.state = 'sending' AND d.reason IS NOT NULL)
    RETURNING d.id, d.lease, d.attempts, d.carrier, d.receipt),
  attempt AS (
    INSERT INTO delivery_attempt (delivery_id, n, at, sender, possible_duplicate)
    SELECT t.id, t.attempts, clock.now, $2, t.carrier IS NOT NULL OR coalesce(t.receipt, '') IN ('delivered', 'read') OR ${mayHaveBeenTold('t')}
      FROM taken t, clock),
  held AS (
    -- One whose sender vanished keeps its lease until its turn: nobody else may take it before.
    UPDATE delivery d SET held = h.because, updated_at = clock.now,
      due_at = CASE WHEN d.state = 'sending' THEN d.due_at ELSE to_timestamp(h."atMs" / 1000) END,
      lease_until = CASE WHEN d.state = 'sending' THEN to_timestamp(h."atMs" / 1000) END
      FROM jsonb_to_recordset($4::jsonb) AS h (id uuid, "atMs" float8, because text), clock
     WHERE d.id = h.id AND d.state IN ('planned', 'failed', 'sending')),
  carried AS (
    -- Due again when the carrier's lease has long run out: by then somebody has asked what became of the carrier.
    UPDATE delivery d SET carrier = c.carrier, due_at = clock.now + 2 * $3::int * interval '1 millisecond', updated_at = clock.now
      FROM jsonb_to_recordset($5::jsonb) AS c (id uuid, carrier uuid), clock
     WHERE d.id = c.id AND d.state = 'planned'),
  paced AS (${saveScopes('$6')})
  SELECT id, lease FROM taken`;

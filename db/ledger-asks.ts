/** Ledger rows as `decideTurns` sees them: what is due, and what else is owed to the same people. */
import type { EntityManager } from 'typeorm';
import type { Ask } from '../domain/delivery/decide-turns.js';
import { laneAt } from '../domain/delivery/lanes.js';
import { isCounted } from '../domain/delivery/page-budget.js';
import { ms } from './ledger-pace.js';

type Querying = Pick<EntityManager, 'query'>;

type AskRow = Omit<Ask, 'lane'> & { lane: number };

const select = `
  SELECT d.id, coalesce(d.incident_id::text, '') AS incident, d.type, d.lane, coalesce(i.priority, 'P5') AS priority, d.person,
         d.contact, d.channel, d.address, i.drill IS NOT NULL AS "isDrill", d.cycle, d.attempts, d.carrier,
         coalesce(${ms('coalesce(d.due_at, d.lease_until)')}, 0) AS "dueAtMs"`;

const toAsk = ({ lane, ...row }: AskRow): Ask => ({ ...row, lane: laneAt(lane) });

/**
 * Planned rows, failed ones whose retry has come, and rows whose sender vanished; events for subscriptions have a sender of
 * their own. A change of a sent page waits for the one before it, so that the newest stands; nobody owes it, so it is not among
 * what is due of all incidents. `$1` incident or null, `$2` ms of patience.
 */
const isDue = `d.type <> 'incident.event' AND ($1::uuid IS NULL OR d.incident_id = $1)
  AND (d.type <> 'page.updated' OR ($1::uuid IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM delivery o WHERE o.incident_id = d.incident_id AND o.type = 'page.updated' AND o.id <> d.id
       AND o.subject->>'of' = d.subject->>'of' AND o.state = 'sending' AND o.lease_until > tocsin_now())))
  AND ((d.state IN ('planned', 'failed') AND d.due_at <= tocsin_now() - $2::int * interval '1 millisecond')
    OR (d.state = 'sending' AND d.lease_until < tocsin_now()))`;

export interface DueQuery {
  incidentId: string | null;
  lateMs: number;
  limit: number;
}

/** Most urgent lane first, then the longest owed, of all channels but these. Nothing is locked. */
export async function findDue(
  tx: Querying,
  { incidentId, lateMs, limit }: DueQuery,
  without: readonly string[],
): Promise<Ask[]> {
  const rows: AskRow[] = await tx.query(
    `${select} FROM delivery d LEFT JOIN incident i ON i.id = d.incident_id
      WHERE ${isDue} AND d.channel <> ALL ($4::text[]) ORDER BY d.lane, d.due_at LIMIT $3`,
    [incidentId, lateMs, limit, without],
  );
  return rows.map(toAsk);
}

/** Those of them that are due still, locked; what another sender holds is left to it. */
export async function lockDue(tx: Querying, found: readonly Ask[], query: DueQuery): Promise<Ask[]> {
  const rows: AskRow[] = await tx.query(
    `${select} FROM delivery d LEFT JOIN incident i ON i.id = d.incident_id
      WHERE ${isDue} AND d.id = ANY ($3) ORDER BY d.id FOR UPDATE OF d SKIP LOCKED`,
    [query.incidentId, query.lateMs, found.map(({ id }) => id)],
  );
  return rows.map(toAsk);
}

/**
 * Other pages that are owed to the same people at the same addresses, locked: due, held, or attached to one of `asks` by an
 * attempt before. Nothing is asked when these are no pages that could carry others.
 */
export async function lockOwed(tx: Querying, asks: readonly Ask[]): Promise<Ask[]> {
  const pages = asks.filter((ask) => ask.type === 'page.requested' && isCounted(ask.channel));
  if (pages.length === 0) return [];
  const rows: AskRow[] = await tx.query(
    `${select} FROM (SELECT DISTINCT person, contact, channel, address FROM jsonb_to_recordset($1::jsonb)
              AS p (person text, contact text, channel text, address text)) p
       JOIN delivery d ON d.person = p.person AND d.contact = p.contact AND d.channel = p.channel AND d.address = p.address
       JOIN incident i ON i.id = d.incident_id
      WHERE d.state = 'planned' AND d.type = 'page.requested' AND d.id <> ALL ($2)
        AND ((d.carrier IS NULL AND (d.held IS NOT NULL OR d.due_at <= tocsin_now())) OR d.carrier = ANY ($2))
      ORDER BY d.id LIMIT 500 FOR UPDATE OF d SKIP LOCKED`,
    [JSON.stringify(pages), pages.map(({ id }) => id)],
  );
  return rows.map(toAsk);
}

/** Ledger rows as `decideAdmission` needs them: due rows, and other pending pages for the same people. */
import type { DueDelivery } from '../../domain/delivery/decide-admission.js';
import type { DeliveryState } from '../../domain/delivery/delivery-state.js';
import { priorityClassAt } from '../../domain/delivery/priority-classes.js';
import { isCounted } from '../../domain/delivery/page-budget.js';
import { ms } from './ledger-rate.js';
import type { Querying } from '../connection/querying.js';

/** A due row, locked. `reason`: the page was answered meanwhile. */
export type LockedDelivery = DueDelivery & { state: DeliveryState; reason: string | null };

type DueDeliveryRow = Omit<DueDelivery, 'priorityClass'> & { priorityClass: number };

const select = `
  SELECT d.id, coalesce(d.incident_id::text, '') AS incident, d.type, d.priority_class AS "priorityClass", coalesce(i.priority, 'P5') AS priority, d.person,
         d.contact, d.channel, d.address, i.drill IS NOT NULL AS "isDrill", d.cycle, d.attempts, d.bundle,
         coalesce(${ms('coalesce(d.due_at, d.lease_until)')}, 0) AS "dueAtMs"`;

const toDueDelivery = <Row extends DueDeliveryRow>({ priorityClass, ...row }: Row) => ({
  ...row,
  priorityClass: priorityClassAt(priorityClass),
});

/**
 * Due: planned rows, failed rows whose retry time has come, and rows whose sender disappeared; events for
 * subscriptions have a sender of their own. An update of a sent page waits for the update before it, so that the
 * newest one stays. Updates are best effort, so a query over all incidents leaves them out. `$1` incident or null,
 * `$2` minimum lateness in ms.
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

/** Most urgent priority class first, then the longest due, of all channels but these. Locks nothing. */
export async function findDue(
  tx: Querying,
  { incidentId, lateMs, limit }: DueQuery,
  without: readonly string[],
): Promise<DueDelivery[]> {
  const rows: DueDeliveryRow[] = await tx.query(
    `${select} FROM delivery d LEFT JOIN incident i ON i.id = d.incident_id
      WHERE ${isDue} AND d.channel <> ALL ($4::text[]) ORDER BY d.priority_class, d.due_at LIMIT $3`,
    [incidentId, lateMs, limit, without],
  );
  return rows.map(toDueDelivery);
}

/** The rows that are still due, locked; rows that another sender holds are skipped. */
export async function lockDue(
  tx: Querying,
  found: readonly DueDelivery[],
  query: DueQuery,
): Promise<LockedDelivery[]> {
  const rows: (DueDeliveryRow & Pick<LockedDelivery, 'state' | 'reason'>)[] = await tx.query(
    `${select}, d.state, d.reason FROM delivery d LEFT JOIN incident i ON i.id = d.incident_id
      WHERE ${isDue} AND d.id = ANY ($3) ORDER BY d.id FOR UPDATE OF d SKIP LOCKED`,
    [query.incidentId, query.lateMs, found.map(({ id }) => id)],
  );
  return rows.map(toDueDelivery);
}

/**
 * Other pending pages for the same people at the same addresses, locked: due, held, or bundled into one of `asks` by
 * an earlier attempt. Without a query when no page in `asks` can bundle others.
 */
export async function lockPending(tx: Querying, dueRows: readonly DueDelivery[]): Promise<DueDelivery[]> {
  const pages = dueRows.filter((row) => row.type === 'page.requested' && isCounted(row.channel));
  if (pages.length === 0) return [];
  const rows: DueDeliveryRow[] = await tx.query(
    `${select} FROM (SELECT DISTINCT person, contact, channel, address FROM jsonb_to_recordset($1::jsonb)
              AS p (person text, contact text, channel text, address text)) p
       JOIN delivery d ON d.person = p.person AND d.contact = p.contact AND d.channel = p.channel AND d.address = p.address
       JOIN incident i ON i.id = d.incident_id
      WHERE d.state = 'planned' AND d.type = 'page.requested' AND d.id <> ALL ($2)
        AND ((d.bundle IS NULL AND (d.held IS NOT NULL OR d.due_at <= tocsin_now())) OR d.bundle = ANY ($2))
      ORDER BY d.id LIMIT 500 FOR UPDATE OF d SKIP LOCKED`,
    [JSON.stringify(pages), pages.map(({ id }) => id)],
  );
  return rows.map(toDueDelivery);
}

/** Checks the invariants of the record: used by the auditor in production and by the oracle of the fault tests. */
import { nextDeadline } from '../../domain/incident/deadline.js';
import { foldEvents } from '../../domain/incident/fold.js';
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { readEvents } from '../incident/record.js';
import { auditChainInvariants } from './audit-chain.js';
import type { Breach, Invariant } from './invariant.js';
import { pagingInvariants } from './paging.js';
import { recordInvariants } from './record.js';
import type { Querying } from '../connection/querying.js';

export type { Breach, Invariant } from './invariant.js';

export const invariants: readonly Invariant[] = [
  ...pagingInvariants,
  ...recordInvariants,
  ...auditChainInvariants,
];

export interface AuditOptions {
  /** Period of changes to check, in ms; default one hour. Due work is checked whatever its age. */
  withinMs?: number;
  /** Work overdue for longer than this is a breach, in ms; default 60 s. */
  timeLimitMs?: number;
  /** Maximum number of breaches reported per rule; default 20. */
  limit?: number;
}

/** Returns every breach found. Read-only, takes no locks. */
export async function auditRecord(db: Querying, options: AuditOptions = {}): Promise<Breach[]> {
  const { withinMs = 3_600_000, timeLimitMs = 60_000, limit = 20 } = options;
  const breaches: Breach[] = [];
  for (const { id, says, sql } of invariants) {
    const rows: { subject: string; detail: string }[] = await db.query(
      `SELECT subject, detail FROM (${sql}) breach
        WHERE $1::interval IS NOT NULL AND $2::interval IS NOT NULL LIMIT ${limit}`,
      [`${withinMs} milliseconds`, `${timeLimitMs} milliseconds`],
    );
    breaches.push(...rows.map((row) => ({ invariant: id, says, ...row })));
  }
  return breaches;
}

/**
 * I6 "row = fold" for these incidents: folding their events again must give the state and the deadline stored in
 * their rows.
 */
export async function auditFold(db: Querying, incidentIds: readonly string[]): Promise<Breach[]> {
  const rows: { id: string; state: IncidentState; response: IncidentResponse; next_deadline: Date | null }[] =
    await db.query('SELECT id, state, response, next_deadline FROM incident WHERE id = ANY ($1)', [
      incidentIds,
    ]);
  const breaches: Breach[] = [];
  for (const { id, state, response, next_deadline } of rows) {
    const events = (await readEvents(db, id, 0)).filter(({ seq }) => seq <= state.seq);
    const folded = foldEvents(id, null, events);
    const deadline = nextDeadline(folded, response.settleMs);
    const isSame = sameJson(folded, state) && deadline === (next_deadline?.toISOString() ?? null);
    if (isSame) continue;
    breaches.push({
      invariant: 'I6',
      says: 'the row of an incident is the fold of its events',
      subject: state.number,
      detail: `${events.length} events fold to ${canonical(folded).slice(0, 300)}`,
    });
  }
  return breaches;
}

/** Equality regardless of the order of members. */
export const sameJson = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

/** JSON with sorted members, because PostgreSQL stores them in its own order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

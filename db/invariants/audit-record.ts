/** Asks the record whether it keeps its invariants: the auditor of production, and the SQL of the fault tests' oracle. */
import type { DataSource } from 'typeorm';
import { nextDeadline } from '../../domain/incident/deadline.js';
import { foldEvents } from '../../domain/incident/fold.js';
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { readEvents } from '../record.js';
import { auditChainInvariants } from './audit-chain.js';
import type { Breach, Invariant } from './invariant.js';
import { pagingInvariants } from './paging.js';
import { recordInvariants } from './record.js';

export type { Breach, Invariant } from './invariant.js';

export const invariants: readonly Invariant[] = [
  ...pagingInvariants,
  ...recordInvariants,
  ...auditChainInvariants,
];

export interface AuditOptions {
  /** Changes of this long are looked at, in ms; default one hour. What is owed is looked at whatever its age. */
  withinMs?: number;
  /** What is owed for longer is a breach, in ms; default 60 s. */
  patienceMs?: number;
  /** At most so many breaches of one rule; default 20. */
  limit?: number;
}

type Querying = Pick<DataSource, 'query'>;

/** Every breach found; none when all is well. Reads only, and needs no lock. */
export async function auditRecord(db: Querying, options: AuditOptions = {}): Promise<Breach[]> {
  const { withinMs = 3_600_000, patienceMs = 60_000, limit = 20 } = options;
  const breaches: Breach[] = [];
  for (const { id, says, sql } of invariants) {
    const rows: { subject: string; detail: string }[] = await db.query(
      `SELECT subject, detail FROM (${sql}) breach
        WHERE $1::interval IS NOT NULL AND $2::interval IS NOT NULL LIMIT ${limit}`,
      [`${withinMs} milliseconds`, `${patienceMs} milliseconds`],
    );
    breaches.push(...rows.map((row) => ({ invariant: id, says, ...row })));
  }
  return breaches;
}

/** I6 "row = fold" for these incidents: their events folded anew give the state and the deadline that the rows hold. */
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

/** The same value, whatever the order of its members. */
export const sameJson = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

/** JSON with its members in order: PostgreSQL keeps them in its own. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

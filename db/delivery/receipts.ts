/**
 * Pages that were accepted but never confirmed (docs/reliability.md R4). Such a page may have arrived, so nothing is
 * undone and escalation runs on; the person's next contact is paged at once and the row records the missing receipt.
 * The same applies to each incident whose page the message bundled, depending on its own state.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { findEscalation } from '../../domain/incident/escalations.js';
import { effectivePerson } from '../../domain/people/effective-person.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { type LockedIncident, lockIncident } from '../incident/incident-row.js';
import type { Ledger } from './ledger.js';
import { nextContactAfter } from './next-contact.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';

interface Unconfirmed {
  id: string;
  incident_id: string;
  escalation: string | null;
  cycle: number;
  step: number;
  person: string;
  contact: string;
  channel: string;
}

/** Rule numbers of fallback pages: after those of personal rules and of `every contact at once`. */
const FALLBACK_RULE = 200;

export class Receipts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ledger: Ledger,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  /** Returns the number of messages and bundled pages of this incident that were not confirmed in time. */
  async handleOverdue(incidentId: string): Promise<number> {
    const about: { incident_id: string }[] = await this.dataSource.query(ABOUT, [incidentId]);
    if (about.length === 0) return 0;
    return retryingTransaction(this.dataSource, async (tx) => {
      const incidents = new Map<string, LockedIncident>();
      // Sorted, so that concurrent calls do not deadlock.
      for (const { incident_id } of about) {
        const locked = await lockIncident(tx, incident_id);
        if (locked !== null) incidents.set(incident_id, locked);
      }
      const rows: Unconfirmed[] = await tx.query(LATE, [incidentId]);
      const due = new Set<string>();
      for (const row of rows) {
        const locked = incidents.get(row.incident_id);
        if (locked === undefined || !isDue(locked, row)) continue;
        await this.fallBack(tx, locked, row);
        due.add(row.incident_id);
      }
      // The workflows of the bundled incidents do not expect these rows yet; nor does this incident's own when the
      // pager calls.
      await tx.query(`SELECT pg_notify('tocsin_ledger', id) FROM unnest($1::text[]) id`, [[...due]]);
      return rows.length;
    });
  }

  /**
   * Pages the contact that is next, else one that this step has not tried; when there is none, the step's wait runs
   * on.
   */
  private async fallBack(tx: EntityManager, locked: LockedIncident, row: Unconfirmed): Promise<void> {
    const fallback = `no receipt from ${row.contact} (${row.channel})`;
    const { cycle, step, person, escalation } = row;
    const sooner: unknown[] = await tx.query(
      `WITH late AS (SELECT * FROM delivery WHERE id = $1)
       UPDATE delivery d SET due_at = least(d.due_at, tocsin_now()), subject = d.subject || $2::jsonb, updated_at = tocsin_now()
         FROM late CROSS JOIN LATERAL (${nextContactAfter('late')}) n WHERE d.id = n.id AND d.state = 'planned' AND d.contact <> late.contact RETURNING d.id`,
      [row.id, JSON.stringify({ fallback })],
    );
    if (rowsOf(sooner).length > 0) return;
    const tried: { contact: string }[] = await tx.query(
      `SELECT contact FROM delivery WHERE incident_id = $1 AND person = $2 AND cycle = $3 AND step = $4 AND type = 'page.requested'`,
      [locked.state.id, person, cycle, step],
    );
    const snapshot = await this.snapshots.at(tx, locked.configVersion);
    const contacts = effectivePerson(snapshot, person)?.contacts ?? [];
    const index = contacts.findIndex(({ name }) => tried.every(({ contact }) => contact !== name));
    const contact = contacts[index];
    if (contact === undefined) return;
    const planned = {
      type: 'page.requested' as const,
      subject: { because: fallback, fallback },
      escalation,
      cycle,
      step,
      person,
      contact: contact.name,
      channel: contact.channel,
      address: contact.address,
      rule: FALLBACK_RULE + index,
      afterMs: 0,
    };
    await this.ledger.plan(tx, locked.state.id, locked.now, [planned], null);
  }
}

/** Incidents of the overdue messages: this one, and those whose pages were bundled. */
const ABOUT = `
  WITH late AS (
    SELECT id, incident_id FROM delivery WHERE incident_id = $1 AND state = 'accepted' AND confirm_by <= tocsin_now())
  SELECT incident_id FROM late
   UNION SELECT c.incident_id FROM late JOIN delivery c ON c.bundle = late.id AND c.sent_in_bundle
   ORDER BY incident_id`;

const LATE = `
  WITH late AS (
    UPDATE delivery SET confirm_by = NULL, receipt = coalesce(receipt, 'missing'), updated_at = tocsin_now()
     WHERE incident_id = $1 AND state = 'accepted' AND confirm_by <= tocsin_now() RETURNING *),
  told AS (
    SELECT * FROM late UNION ALL
    SELECT c.* FROM late JOIN delivery c ON c.bundle = late.id AND c.sent_in_bundle)
  SELECT id, incident_id, escalation, cycle, step, person, contact, channel FROM told
   WHERE type = 'page.requested' ORDER BY created_at, rule`;

/** TypeORM returns the rows of an UPDATE together with their number. */
const rowsOf = (answer: unknown[]): unknown[] => (Array.isArray(answer[0]) ? answer[0] : answer);

/** An exhausted escalation counts as well: the catch-all comes after the last step, and no step follows it. */
const isDue = ({ state }: LockedIncident, { escalation }: Unconfirmed): boolean => {
  const phase = escalation === null ? undefined : findEscalation(state, escalation)?.phase;
  return state.status === 'triggered' && (phase === 'waiting' || phase === 'exhausted');
};

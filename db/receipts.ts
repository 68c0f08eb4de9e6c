/**
 * Pages that were accepted and never confirmed (R4): the provider said that it took them, and has not said since what became of
 * them. The page may have arrived, so nothing is taken back and escalation runs on; the same person is told by their next
 * contact at once, and the row says that no receipt came.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { findTrack } from '../domain/incident/tracks.js';
import { effectivePerson } from '../domain/people/effective-person.js';
import type { ConfigSnapshots } from './config-snapshot.js';
import { type LockedIncident, lockIncident } from './incident-row.js';
import type { Ledger } from './ledger.js';
import { retryingTransaction } from './retrying-transaction.js';

interface Unconfirmed {
  id: string;
  track: string | null;
  cycle: number;
  step: number;
  person: string;
  contact: string;
  channel: string;
}

/** Positions of rules that nobody wrote: behind those of personal rules and of `every contact at once`. */
const FALLBACK_RULE = 200;

export class Receipts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ledger: Ledger,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  /** Of every incident whose receipt is overdue by `lateMs`; answers how many rows were fallen back from. */
  async chaseLate({ lateMs, limit }: { lateMs: number; limit: number }): Promise<number> {
    const rows: { incident_id: string }[] = await this.dataSource.query(
      `SELECT DISTINCT incident_id FROM delivery
        WHERE state = 'accepted' AND confirm_by <= tocsin_now() - $1::int * interval '1 millisecond' LIMIT $2`,
      [lateMs, limit],
    );
    let chased = 0;
    for (const { incident_id } of rows) chased += await this.chase(incident_id);
    return chased;
  }

  async chase(incidentId: string): Promise<number> {
    const waiting: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM delivery WHERE incident_id = $1 AND state = 'accepted' AND confirm_by <= tocsin_now() LIMIT 1`,
      [incidentId],
    );
    if (waiting.length === 0) return 0;
    return retryingTransaction(this.dataSource, async (tx) => {
      const locked = await lockIncident(tx, incidentId);
      if (locked === null) return 0;
      const rows: Unconfirmed[] = await tx.query(
        `WITH late AS (
           UPDATE delivery SET confirm_by = NULL, receipt = coalesce(receipt, 'missing'), updated_at = tocsin_now()
            WHERE incident_id = $1 AND state = 'accepted' AND confirm_by <= tocsin_now() RETURNING *)
         SELECT id, track, cycle, step, person, contact, channel FROM late WHERE type = 'page.requested' ORDER BY created_at, rule`,
        [incidentId],
      );
      for (const row of rows) if (isOwed(locked, row)) await this.fallBack(tx, locked, row);
      return rows.length;
    });
  }

  /** To the contact that would be next, or else to one that this step has not tried; when there is none, the step's wait runs on. */
  private async fallBack(tx: EntityManager, locked: LockedIncident, row: Unconfirmed): Promise<void> {
    const fallback = `no receipt from ${row.contact} (${row.channel})`;
    const { cycle, step, person, track } = row;
    const sooner: unknown[] = await tx.query(
      `WITH next AS (
         SELECT id FROM delivery WHERE incident_id = $1 AND person = $2 AND cycle = $3 AND step = $4 AND type = 'page.requested'
            AND track IS NOT DISTINCT FROM $5 AND state = 'planned' AND held IS NULL AND carrier IS NULL AND contact <> $6 ORDER BY due_at, rule LIMIT 1)
       UPDATE delivery d SET due_at = least(due_at, tocsin_now()), subject = d.subject || $7::jsonb, updated_at = tocsin_now()
         FROM next WHERE d.id = next.id RETURNING d.id`,
      [locked.state.id, person, cycle, step, track, row.contact, JSON.stringify({ fallback })],
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
      track,
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

/** TypeORM answers an UPDATE with its rows and their number. */
const rowsOf = (answer: unknown[]): unknown[] => (Array.isArray(answer[0]) ? answer[0] : answer);

const isOwed = ({ state }: LockedIncident, { track }: Unconfirmed): boolean =>
  state.status === 'triggered' && track !== null && findTrack(state, track)?.phase === 'waiting';

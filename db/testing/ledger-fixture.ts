/** Incidents on a real ledger with a movable clock, for tests of planning, holding, sending and settling. */
import pg from 'pg';
import type { DataSource } from 'typeorm';
import type { SendOutcome } from '../../ports/channel.js';
import type { Priority } from '../../domain/config/terms.js';
import type { LeasedDelivery } from '../../domain/delivery/leased-delivery.js';
import { withDatabase } from '../../test/harness/database.js';
import { eventually } from '../../test/harness/eventually.js';
import type { PlannedDelivery } from '../delivery/ledger.js';
import { type PagedIncident, type PagedFixture, pagedFixture } from './paged-fixture.js';
import { databaseTime } from '../connection/database-time.js';

export const accepted: SendOutcome = { kind: 'accepted', provider: 'smtp', providerId: null };

export const page = (about: Partial<PlannedDelivery> = {}): PlannedDelivery => ({
  type: 'page.requested',
  subject: {},
  escalation: 'checkout',
  cycle: 7,
  step: 1,
  person: 'bo',
  contact: 'mail',
  rule: 0,
  channel: 'email',
  address: 'bo@example.com',
  afterMs: 0,
  ...about,
});

export interface LedgerFixture extends PagedFixture {
  incidents(n: number): Promise<PagedIncident[]>;
  plan(
    incident: PagedIncident,
    about?: Partial<PlannedDelivery>,
    priority?: Priority,
  ): Promise<LeasedDelivery[]>;
  rows(): Promise<
    {
      id: string;
      incident: string;
      state: string;
      reason: string | null;
      held: string | null;
      isDue: boolean;
      bundle: string | null;
    }[]
  >;
  due(sender?: string): Promise<LeasedDelivery[]>;
  /** Moves the record's clock forward for all readers of these rows. */
  wait(ms: number): Promise<void>;
}

export const withLedger = (work: (fixture: LedgerFixture, db: DataSource) => Promise<void>) =>
  withDatabase(async (db) => {
    const fixture = await pagedFixture(db);
    const { ledger } = fixture.store;
    await work(
      {
        ...fixture,
        incidents: async (n) => {
          const made: PagedIncident[] = [];
          for (let i = 0; i < n; i += 1) made.push(await fixture.page());
          // The pages of the fixture itself are not under test.
          await db.query(
            `UPDATE delivery SET state = 'suppressed', reason = 'test', due_at = NULL WHERE state = 'planned'`,
          );
          return made;
        },
        plan: (incident, about = {}, priority = 'P3') =>
          db
            .transaction(async (tx) => {
              const now = await databaseTime(tx);
              return ledger.plan(tx, incident.id, now, [page(about)], {
                sender: 'first',
                priority,
                isDrill: false,
              });
            })
            .then((leases) => ledger.leased(leases)),
        rows: () =>
          db.query(
            `SELECT d.id, i.state->>'number' AS incident, d.state, d.reason, d.held, d.bundle, coalesce(d.due_at <= tocsin_now(), false) AS "isDue"
               FROM delivery d JOIN incident i ON i.id = d.incident_id WHERE d.cycle = 7 ORDER BY d.created_at, i.number`,
          ),
        due: (sender = 'later') => ledger.takeDue({ incidentId: null, sender, lateMs: 0, limit: 50 }),
        wait: async (ms) => {
          await db.query(
            `UPDATE delivery SET due_at = due_at - $1 * interval '1 millisecond', lease_until = lease_until - $1 * interval '1 millisecond',
            confirm_by = confirm_by - $1 * interval '1 millisecond'`,
            [ms],
          );
          await db.query(
            `UPDATE sending_rate SET free_at = free_at - $1 * interval '1 millisecond',
               recent = ARRAY (SELECT r - $1 * interval '1 millisecond' FROM unnest(recent) r)`,
            [ms],
          );
        },
      },
      db,
    );
  });

/** Six pages sent one by one: the seventh is held. */
export async function sixSent(fixture: LedgerFixture, incidents: readonly PagedIncident[]): Promise<void> {
  for (const incident of incidents.slice(0, 6))
    for (const delivery of await fixture.plan(incident))
      await fixture.store.ledger.settle(delivery, accepted);
}

/** Incidents in ledger notifications during `work`; waits for at least `atLeast`. */
export async function noticesOf(
  fixture: LedgerFixture,
  atLeast: number,
  work: () => Promise<void>,
): Promise<string[]> {
  const told: string[] = [];
  const listener = new pg.Client({ connectionString: urlOf(fixture.store.dataSource) });
  await listener.connect();
  try {
    listener.on('notification', ({ payload = '' }) => void told.push(payload));
    await listener.query('LISTEN tocsin_ledger');
    await work();
    await eventually(() => told.length >= atLeast, { what: `${atLeast} notices` });
    return told;
  } finally {
    await listener.end();
  }
}

const urlOf = ({ options }: DataSource): string =>
  'url' in options && typeof options.url === 'string' ? options.url : '';

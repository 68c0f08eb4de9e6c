/** A process that stalls while it holds a lease, and a clock that runs ahead of the database clock. */
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { SendOutcome } from '../../ports/channel.js';
import type { LeasedDelivery } from '../../domain/delivery/leased-delivery.js';
import { withDatabase } from '../../test/harness/database.js';
import { auditRecord } from '../invariants/audit-record.js';
import { type PagedFixture, pagedFixture } from '../testing/paged-fixture.js';

const stateOf = `SELECT d.state, d.due_at IS NOT NULL AS due, a.outcome FROM delivery d
  JOIN delivery_attempt a ON a.delivery_id = d.id AND a.n = d.attempts WHERE d.id = $1`;

describe('an attempt whose lease ran out before the call', () => {
  it('was never made: the page is still owed, and goes out unmarked', () =>
    withDatabase(async (dataSource) => {
      const fixture = await pagedFixture(dataSource);
      const incident = await fixture.page();
      const [, mail] = await fixture.deliveries(incident);
      await dataSource.query('UPDATE delivery SET due_at = tocsin_now() WHERE id = $1', [mail?.id]);
      const due = { incidentId: incident.id, sender: 'sleeper', lateMs: 0, limit: 10 };
      const [slept] = await fixture.store.ledger.takeDue(due);
      await dataSource.query('UPDATE delivery SET lease_until = tocsin_now() WHERE id = $1', [mail?.id]);
      expect(await fixture.store.ledger.mayStillSend(slept?.lease ?? '')).toBe(false);
      if (slept !== undefined) await fixture.store.ledger.withdraw(slept);
      expect(await dataSource.query(stateOf, [mail?.id])).toEqual([
        { state: 'failed', due: true, outcome: 'withdrawn' },
      ]);
      const [again] = await fixture.store.ledger.takeDue({ ...due, sender: 'awake' });
      expect(again).toMatchObject({ id: mail?.id, attempt: 2, possibleDuplicate: false });
    }));

  it('is over when somebody has answered meanwhile', () =>
    withDatabase(async (dataSource) => {
      const fixture = await pagedFixture(dataSource);
      const incident = await fixture.page();
      const [, mail] = await fixture.deliveries(incident);
      await dataSource.query('UPDATE delivery SET due_at = tocsin_now() WHERE id = $1', [mail?.id]);
      const due = { incidentId: incident.id, sender: 'sleeper', lateMs: 0, limit: 10 };
      const [slept] = await fixture.store.ledger.takeDue(due);
      await fixture.store.recorder.record({
        incidentId: incident.id,
        actor: 'ana',
        command: { type: 'acknowledge', person: 'ana' },
      });
      expect(await fixture.store.ledger.mayStillSend(slept?.lease ?? '')).toBe(false);
      if (slept !== undefined) await fixture.store.ledger.withdraw(slept);
      expect(await dataSource.query(stateOf, [mail?.id])).toEqual([
        { state: 'suppressed', due: false, outcome: 'withdrawn' },
      ]);
    }));
});

const taken: SendOutcome = { kind: 'accepted', provider: 'smtp', providerId: '<first@b>' };
const unheard: SendOutcome = { kind: 'ambiguous', provider: 'smtp', error: 'timed out' };
const stumbled: SendOutcome = { kind: 'failed', provider: 'smtp', error: '500', permanent: false };
const gone: SendOutcome = { kind: 'failed', provider: 'smtp', error: '410', permanent: true };

interface TakenOver {
  fixture: PagedFixture;
  /** The attempt of the stalled process. */
  slept: LeasedDelivery;
  /** The attempt that took the row over after the lease ran out. */
  next: LeasedDelivery;
  settle: (delivery: LeasedDelivery, outcome: SendOutcome) => Promise<void>;
  /** Rows that are due once all retry times have come and all leases have run out. */
  later: () => Promise<LeasedDelivery[]>;
  row: () => Promise<unknown>;
}

const takenOver = (work: (over: TakenOver) => Promise<void>) =>
  withDatabase(async (dataSource: DataSource) => {
    const fixture = await pagedFixture(dataSource);
    const incident = await fixture.page();
    const [, mail] = await fixture.deliveries(incident);
    const { ledger } = fixture.store;
    const take = async (sender: string) => {
      await dataSource.query(
        `UPDATE delivery SET due_at = CASE WHEN due_at IS NOT NULL THEN tocsin_now() END,
           lease_until = CASE WHEN state = 'sending' THEN tocsin_now() - interval '1 second' END WHERE id = $1`,
        [mail?.id],
      );
      return ledger.takeDue({ incidentId: incident.id, sender, lateMs: 0, limit: 10 });
    };
    const [slept] = await take('sleeper');
    const [next] = await take('pager');
    if (slept === undefined || next === undefined) throw new Error('nothing was due');
    expect(next).toMatchObject({ id: slept.id, attempt: 2, possibleDuplicate: true });
    await work({
      fixture,
      slept,
      next,
      settle: (delivery, outcome) => ledger.settle(delivery, outcome, 120_000),
      later: () => take('later'),
      row: () =>
        dataSource
          .query(
            `SELECT d.state, d.provider_id AS "providerId", d.due_at IS NOT NULL AS due, d.confirm_by IS NOT NULL AS awaited,
                    array_agg(a.outcome ORDER BY a.n) AS outcomes
               FROM delivery d JOIN delivery_attempt a ON a.delivery_id = d.id WHERE d.id = $1 GROUP BY d.id`,
            [mail?.id],
          )
          .then(([row]: unknown[]) => row),
    });
    expect((await auditRecord(dataSource)).filter(({ invariant }) => /^I[34]$/.test(invariant))).toEqual([]);
  });

describe('an attempt that was accepted, and told of it only when others had gone on', () => {
  const told = { state: 'accepted', providerId: '<first@b>', due: false, awaited: true };

  it.each([
    ['stumbles', stumbled, 'failed'],
    ['finds nobody there', gone, 'failed'],
    ['is not heard of', unheard, 'ambiguous'],
  ])('ends the page, whether the next attempt %s after it or before', (_what, outcome, as) =>
    takenOver(async ({ slept, next, settle, later, row }) => {
      await settle(slept, taken);
      await settle(next, outcome);
      expect(await row()).toEqual({ ...told, outcomes: ['accepted', as] });
      expect(await later()).toEqual([]);
    }).then(() =>
      takenOver(async ({ slept, next, settle, later, row }) => {
        await settle(next, outcome);
        await settle(slept, taken);
        expect(await row()).toEqual({ ...told, outcomes: ['accepted', as] });
        expect(await later()).toEqual([]);
      }),
    ),
  );

  it('ends it also when both are told at the same instant, or a third attempt has begun', () =>
    takenOver(async ({ slept, next, settle, later, row }) => {
      await Promise.all([settle(next, stumbled), settle(slept, taken)]);
      expect(await row()).toMatchObject({ ...told, outcomes: ['accepted', 'failed'] });
      expect(await later()).toEqual([]);
    }).then(() =>
      takenOver(async ({ fixture, slept, next, settle, later, row }) => {
        await settle(next, stumbled);
        const [third] = await later();
        if (third === undefined) throw new Error('nothing was due');
        expect(third).toMatchObject({ attempt: 3, possibleDuplicate: true });
        await settle(slept, taken);
        // This attempt has not called its provider yet, and no longer needs to.
        expect(await fixture.store.ledger.mayStillSend(third.lease)).toBe(false);
        await fixture.store.ledger.withdraw(third);
        expect(await row()).toEqual({ ...told, outcomes: ['accepted', 'failed', 'withdrawn'] });
      }),
    ));

  it('tells nothing against a receipt that says the message did not arrive', () =>
    takenOver(async ({ fixture, slept, next, settle, later }) => {
      await settle(next, stumbled);
      await fixture.query(`UPDATE delivery SET receipt = 'failed' WHERE id = $1`, [slept.id]);
      await settle(slept, taken);
      expect(await later()).toMatchObject([{ attempt: 3, possibleDuplicate: true }]);
    }));
});

describe("a clock that runs ahead of the record's", () => {
  it('pages nobody before the wait is over', () =>
    withDatabase(async (dataSource) => {
      const fixture = await pagedFixture(dataSource);
      const incident = await fixture.page();
      const { outcome, leases } = await fixture.store.paging.page({
        incidentId: incident.id,
        escalation: 'checkout',
        due: { cycle: 0, step: 2 },
        actor: 'tocsin',
        tellWorkflow: true,
        afterSeq: 0,
        sender: 'early',
      });
      expect(outcome).toMatchObject({ kind: 'refused', code: 'not_due' });
      expect(leases).toEqual([]);
      expect((await fixture.deliveries(incident)).map(({ person }) => person)).toEqual(['ana', 'ana']);
    }));
});

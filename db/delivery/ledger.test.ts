import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { SendOutcome } from '../../ports/channel.js';
import { type DeliveryState, isLegalMove } from '../../domain/delivery/delivery-state.js';
import type { LeasedDelivery } from '../../domain/delivery/leased-delivery.js';
import { recordHeartbeat, instanceName } from '../health/heartbeats.js';
import type { PlannedDelivery } from './ledger.js';
import { wasPaged } from '../reply/reply-pages.js';
import { createStore } from '../connection/store.js';
import { accepted, withLedger, noticesOf, page, sixSent } from '../testing/ledger-fixture.js';
import type { PagedFixture } from '../testing/paged-fixture.js';

const refused: SendOutcome = { kind: 'failed', provider: 'smtp', error: '451 later', permanent: false };
const unheard: SendOutcome = { kind: 'ambiguous', provider: 'smtp', error: 'timeout' };

describe('the ledger', () => {
  it('holds the seventh page in a row with the reason, and one message carries what has gathered', () =>
    withLedger(async (fixture) => {
      const incidents = await fixture.incidents(9);
      await sixSent(fixture, incidents);
      for (const incident of incidents.slice(6)) expect(await fixture.plan(incident)).toEqual([]);
      expect((await fixture.rows()).slice(6)).toMatchObject(
        Array(3).fill({ state: 'planned', held: 'held: 6 pages in 10 minutes', isDue: false }),
      );
      expect(await fixture.due()).toEqual([]);

      await fixture.wait(10_000);
      const [first, second] = await Promise.all([fixture.due('one'), fixture.due('two')]);
      const [bundle, ...others] = [...first, ...second];
      expect(others).toEqual([]);
      const numbers = [bundle?.incident.number, ...(bundle?.alsoPaged ?? []).map(({ number }) => number)];
      expect(numbers.toSorted((a = '', b = '') => a.localeCompare(b))).toEqual(
        incidents
          .slice(6)
          .map(({ number }) => number)
          .toSorted(),
      );
      // Pending until the message has been accepted.
      expect((await fixture.rows()).filter(({ state }) => state === 'planned')).toHaveLength(2);

      if (bundle !== undefined) await fixture.store.ledger.settle(bundle, accepted);
      const rows = (await fixture.rows()).filter(({ state }) => state === 'suppressed');
      expect(rows).toHaveLength(2);
      expect(rows[0]?.reason).toBe(`bundled into ${bundle?.incident.number}'s page`);
      await fixture.wait(600_000);
      expect(await fixture.due()).toEqual([]);
    }));

  it('owes again at once what was to be carried by a message that failed, and marks what may have been carried', () =>
    withLedger(async (fixture) => {
      const incidents = await fixture.incidents(8);
      await sixSent(fixture, incidents);
      for (const incident of incidents.slice(6)) await fixture.plan(incident);
      await fixture.wait(10_000);
      const [bundle] = await fixture.due();
      expect(bundle?.alsoPaged).toHaveLength(1);
      if (bundle !== undefined) await fixture.store.ledger.settle(bundle, refused);
      expect((await fixture.rows()).filter(({ isDue, bundle: by }) => isDue && by === null)).toHaveLength(1);

      await fixture.wait(30_000);
      const again = await fixture.due();
      expect(
        again
          .flatMap((one) => [one.incident.number, ...(one.alsoPaged ?? []).map(({ number }) => number)])
          .toSorted(),
      ).toEqual(
        incidents
          .slice(6)
          .map(({ number }) => number)
          .toSorted(),
      );
      for (const delivery of again) await fixture.store.ledger.settle(delivery, unheard);
      await fixture.wait(600_000);
      const repeated = await fixture.due();
      expect(repeated.length).toBeGreaterThan(0);
      expect(repeated.every(({ possibleDuplicate }) => possibleDuplicate)).toBe(true);
    }));

  it('marks what an attempt that nobody heard of may have carried, when the next one fails', () =>
    withLedger(async (fixture) => {
      const incidents = await fixture.incidents(8);
      await sixSent(fixture, incidents);
      for (const incident of incidents.slice(6)) await fixture.plan(incident);
      await fixture.wait(10_000);
      const [bundle] = await fixture.due();
      if (bundle === undefined) throw new Error('nothing was due');
      expect(bundle.alsoPaged).toHaveLength(1);
      await fixture.store.ledger.settle(bundle, unheard);
      await fixture.wait(3_000);
      const [again] = await fixture.due();
      expect(again).toMatchObject({ id: bundle.id, possibleDuplicate: true, alsoPaged: [{}] });
      if (again !== undefined) await fixture.store.ledger.settle(again, refused);
      const number = bundle.alsoPaged?.[0]?.number;
      await fixture.wait(20_000);
      const [alone] = await fixture.store.ledger.takeDue({
        incidentId: incidents.find((one) => one.number === number)?.id ?? null,
        sender: 'later',
        lateMs: 0,
        limit: 50,
      });
      expect(alone).toMatchObject({ incident: { number }, attempt: 1, possibleDuplicate: true });
    }));

  it('ends with an acceptance that is written late what that attempt carried, and owes at once what it did not', () =>
    withLedger(async (fixture) => {
      const incidents = await fixture.incidents(9);
      await sixSent(fixture, incidents);
      for (const incident of incidents.slice(6, 8)) await fixture.plan(incident);
      await fixture.wait(10_000);
      const [slept] = await fixture.due();
      if (slept === undefined) throw new Error('nothing was due');
      await fixture.plan(incidents[8] ?? { id: '', number: '', link: '' });
      await fixture.wait(30_001);
      const [next] = await fixture.due();
      expect(next).toMatchObject({ id: slept.id, alsoPaged: [{}, {}] });
      await fixture.store.ledger.settle(slept, accepted);
      const states = new Map((await fixture.rows()).map(({ incident, ...row }) => [incident, row]));
      expect(states.get(slept.alsoPaged?.[0]?.number ?? '')).toMatchObject({ state: 'suppressed' });
      expect(states.get(incidents[8]?.number ?? '')).toMatchObject({ state: 'planned', isDue: true });
      await fixture.wait(20_000);
      expect(await fixture.due()).toMatchObject([
        { incident: { number: incidents[8]?.number }, possibleDuplicate: true },
      ]);
    }));

  it('knows that what a bounced message carried has reached nobody, and what an arrived one carried was told', () =>
    withLedger(async (fixture) => {
      const incidents = await fixture.incidents(8);
      await sixSent(fixture, incidents);
      for (const incident of incidents.slice(6)) await fixture.plan(incident);
      await fixture.wait(10_000);
      const [bundle] = await fixture.due();
      const [bundled] = bundle?.alsoPaged ?? [];
      const other = incidents.find(({ number }) => number === bundled?.number);
      if (bundle === undefined || other === undefined) throw new Error('nothing was carried');
      await fixture.store.ledger.settle(bundle, accepted);
      expect(await wasPaged(fixture.store.dataSource, ['bo'], other.id)).toBe('bo');
      // Bo has another contact for later, for the bundled incident.
      await fixture.plan(other, { contact: 'phone', channel: 'sms', rule: 1, afterMs: 300_000 });
      expect((await fixture.due()).length).toBe(0);
      const bounced = {
        provider: 'smtp',
        eventId: 'b1',
        delivery: bundle.id,
        providerId: null,
        verdict: 'bounced' as const,
        at: '2026-11-22T22:10:00Z',
      };
      expect(await fixture.store.callbacks.record(bounced)).toBe('applied');
      expect(await fixture.due()).toMatchObject([{ channel: 'sms', incident: { number: other.number } }]);
    }));

  it('brings forward one next contact of the same escalation, and no more however long the first one fails', () =>
    withLedger(async (fixture) => {
      const [incident] = await fixture.incidents(1);
      if (incident === undefined) throw new Error('no incident');
      const later = async (about: Partial<PlannedDelivery>) =>
        expect(await fixture.plan(incident, { address: 'https://example.com', ...about })).toEqual([]);
      const contacts = async (leased: LeasedDelivery[]) =>
        leased.map(({ contact, escalation }) => `${contact} of ${escalation}`);
      // Deliberately not in the order of their times.
      await later({ contact: 'call', rule: 1, channel: 'webhook', afterMs: 900_000 });
      await later({ contact: 'text', rule: 2, channel: 'webhook', afterMs: 300_000 });
      await later({ contact: 'other', rule: 3, channel: 'webhook', afterMs: 60_000, escalation: 'payments' });
      const [push] = await fixture.plan(incident, {
        contact: 'push',
        channel: 'webhook',
        address: 'https://push',
      });
      if (push === undefined) throw new Error('nothing was due');
      await fixture.store.ledger.settle(push, refused);
      expect(await fixture.due()).toEqual([]);
      await fixture.wait(3_000);
      for (const again of await fixture.due()) await fixture.store.ledger.settle(again, refused);
      const [text, ...others] = await fixture.due();
      expect(await contacts(text === undefined ? [] : [text])).toEqual(['text of checkout']);
      expect(others).toEqual([]);
      if (text !== undefined) await fixture.store.ledger.settle(text, accepted);
      await fixture.wait(15_000);
      const [third] = await fixture.due();
      expect(third).toMatchObject({ contact: 'push', attempt: 3 });
      if (third !== undefined) await fixture.store.ledger.settle(third, { ...refused, permanent: true });
      expect(await fixture.due()).toEqual([]);
      await fixture.wait(60_000);
      expect(await contacts(await fixture.due())).toEqual(['other of payments']);
    }));

  it('sends the first sight of a P1 at once, and takes along what was held', () =>
    withLedger(async (fixture) => {
      const incidents = await fixture.incidents(8);
      await sixSent(fixture, incidents);
      const [held, loud] = incidents.slice(6);
      if (held === undefined || loud === undefined) throw new Error('too few incidents');
      await fixture.plan(held);
      const [delivery] = await fixture.plan(loud, { cycle: 0, step: 9 }, 'P1');
      expect(delivery?.alsoPaged).toMatchObject([{ number: held.number }]);
    }));

  it('gives each row to one of two senders, pages before the rest', () =>
    withLedger(async (fixture) => {
      const incidents = await fixture.incidents(6);
      for (const [n, incident] of incidents.entries())
        await fixture.store.dataSource.transaction((tx) =>
          fixture.store.ledger.plan(
            tx,
            incident.id,
            new Date(Date.now() - 60_000 + n).toISOString(),
            [
              page({ type: 'review.requested', subject: { id: 'r' }, person: `p${n}` }),
              page({ type: 'notice.sent', subject: { id: 'n' }, person: `p${n}` }),
              page({ person: `p${n}` }),
            ],
            null,
          ),
        );
      const taken = await Promise.all([
        fixture.store.ledger.takeDue({ incidentId: null, sender: 'one', lateMs: 0, limit: 7 }),
        fixture.store.ledger.takeDue({ incidentId: null, sender: 'two', lateMs: 0, limit: 7 }),
      ]);
      const ids = taken.flat().map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const pages = taken.flat().filter(({ type }) => type === 'page.requested');
      expect(pages).toHaveLength(6);
      for (const batch of taken) {
        const order = batch.map(({ type }) =>
          ['page.requested', 'notice.sent', 'review.requested'].indexOf(type),
        );
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }
      const left = await fixture.due();
      expect(ids.length + left.length).toBe(18);
    }));

  it('keeps to what a provider takes, over all processes, and the excess goes out later', () =>
    withLedger(async (fixture, db) => {
      const incidents = await fixture.incidents(5);
      const stores = [1, 2].map(() => createStore(db, randomBytes(32)));
      for (const { ledger } of [fixture.store, ...stores])
        ledger.setLimits((channel) =>
          channel === 'sms' ? { perSecond: 0.2, perAddressPerMinute: 100 } : undefined,
        );
      const leased = await Promise.all(
        incidents.map((incident, n) =>
          fixture.plan(incident, { channel: 'sms', contact: 'phone', person: `p${n}`, address: `+4930${n}` }),
        ),
      );
      expect(leased.flat().length).toBeLessThanOrEqual(2);
      expect(
        (await fixture.rows()).filter(({ held }) => held === 'held: sms takes 0.2 messages a second').length,
      ).toBeGreaterThanOrEqual(3);
      let sent = leased.flat().length;
      for (let slot = 0; slot < 10 && sent < 5; slot += 1) {
        await fixture.wait(5_000);
        const taken = (
          await Promise.all(
            stores.map(({ ledger }) =>
              ledger.takeDue({ incidentId: null, sender: 'x', lateMs: 0, limit: 50 }),
            ),
          )
        ).flat();
        expect(taken.length).toBeLessThanOrEqual(2);
        sent += taken.length;
      }
      expect(sent).toBe(5);
    }));

  it('tells the workers what the pager has tried in vain, and not what they try themselves', () =>
    withLedger(async (fixture, db) => {
      await recordHeartbeat(db, 'pager', {});
      const [ofWorker, ofPager] = await fixture.incidents(2);
      if (ofWorker === undefined || ofPager === undefined) throw new Error('too few incidents');
      const told = await noticesOf(fixture, 1, async () => {
        for (const [incident, sender] of [
          [ofWorker, 'worker'],
          [ofPager, instanceName()],
        ] as const) {
          await fixture.plan(incident, { afterMs: 1 });
          await fixture.wait(10);
          for (const due of await fixture.due(sender)) await fixture.store.ledger.settle(due, refused);
        }
      });
      expect(told).toEqual([ofPager.id]);
    }));

  it('leaves owed what a process that stands still has the turn for, and sends all else, however much of it there is', () =>
    withLedger(async (fixture, db) => {
      const { ledger } = fixture.store;
      ledger.setLimits((channel) =>
        channel === 'sms' ? { perSecond: 100, perAddressPerMinute: 100 } : undefined,
      );
      const incidents = await fixture.incidents(3);
      for (const [n, incident] of incidents.entries())
        await fixture.plan(incident, { channel: 'sms', address: `+4930${n}`, contact: 'phone', afterMs: 1 });
      const [incident] = incidents;
      if (incident === undefined) throw new Error('no incident');
      await fixture.plan(incident, {
        channel: 'webhook',
        address: 'https://example.com',
        contact: 'hook',
        afterMs: 2,
      });
      await fixture.plan(incident, { afterMs: 2 });
      await fixture.wait(10);
      const due = { incidentId: null, sender: 'other', lateMs: 0, limit: 3 };
      await db.transaction(async (stopped) => {
        await stopped.query(`SELECT 1 FROM sending_rate WHERE scope = 'provider/sms' FOR UPDATE`);
        expect((await ledger.takeDue(due)).map(({ channel }) => channel).toSorted()).toEqual([
          'email',
          'webhook',
        ]);
        expect(await ledger.takeDue(due)).toEqual([]);
      });
      expect((await ledger.takeDue(due)).map(({ channel }) => channel)).toEqual(['sms', 'sms', 'sms']);
    }));
});

describe('the database', () => {
  const states: DeliveryState[] = [
    'planned',
    'sending',
    'accepted',
    'delivered',
    'failed',
    'exhausted',
    'suppressed',
  ];

  it('allows the moves of the domain and refuses all others', () =>
    withLedger(async (fixture) => {
      const [incident] = await fixture.incidents(1);
      for (const from of states)
        for (const to of states.filter((one) => one !== from)) {
          const id = await rowIn(fixture, incident?.id ?? '', from);
          const moved = await fixture
            .query(
              `UPDATE delivery SET state = $2, reason = 'test', lease = CASE WHEN $2 = 'sending' THEN gen_random_uuid() END WHERE id = $1`,
              [id, to],
            )
            .then(() => true)
            .catch((error: unknown) =>
              String(error).includes(`cannot go from ${from} to ${to}`) ? false : Promise.reject(error),
            );
          expect({ from, to, moved }).toEqual({ from, to, moved: isLegalMove(from, to) });
        }
    }));

  async function rowIn(fixture: PagedFixture, incident: string, state: DeliveryState): Promise<string> {
    const rows: { id: string }[] = await fixture.query(
      `INSERT INTO delivery (id, key, incident_id, type, subject, cycle, step, person, contact, rule, channel, address, state, reason, lease, created_at, updated_at)
       VALUES (gen_random_uuid(), gen_random_uuid()::text, $1, 'page.requested', '{}', 9, 1, 'bo', 'mail', 0, 'email', 'bo@example.com', $2, 'test',
               CASE WHEN $2 = 'sending' THEN gen_random_uuid() END, tocsin_now(), tocsin_now()) RETURNING id`,
      [incident, state],
    );
    return rows[0]?.id ?? '';
  }
});

import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { SendOutcome } from '../activities/ports.js';
import { type DeliveryState, isLegalMove } from '../domain/delivery/ledger.js';
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import { beat, instanceName } from './heartbeats.js';
import type { PlannedDelivery } from './ledger.js';
import { wasPaged } from './reply-pages.js';
import { createStore } from './store.js';
import { accepted, inLedgerStory, noticesOf, page, sixSent } from './testing/ledger-story.js';
import type { PagedStory } from './testing/paged-story.js';

const refused: SendOutcome = { kind: 'failed', provider: 'smtp', error: '451 later', permanent: false };
const unheard: SendOutcome = { kind: 'ambiguous', provider: 'smtp', error: 'timeout' };

describe('the ledger', () => {
  it('holds the seventh page in a row with the reason, and one message carries what has gathered', () =>
    inLedgerStory(async (story) => {
      const incidents = await story.incidents(9);
      await sixSent(story, incidents);
      for (const incident of incidents.slice(6)) expect(await story.plan(incident)).toEqual([]);
      expect((await story.rows()).slice(6)).toMatchObject(
        Array(3).fill({ state: 'planned', held: 'held: 6 pages in 10 minutes', isDue: false }),
      );
      expect(await story.due()).toEqual([]);

      await story.wait(10_000);
      const [first, second] = await Promise.all([story.due('one'), story.due('two')]);
      const [carrier, ...others] = [...first, ...second];
      expect(others).toEqual([]);
      const numbers = [carrier?.incident.number, ...(carrier?.alsoPaged ?? []).map(({ number }) => number)];
      expect(numbers.toSorted((a = '', b = '') => a.localeCompare(b))).toEqual(
        incidents
          .slice(6)
          .map(({ number }) => number)
          .toSorted(),
      );
      // Owed until the message has been taken.
      expect((await story.rows()).filter(({ state }) => state === 'planned')).toHaveLength(2);

      if (carrier !== undefined) await story.store.ledger.settle(carrier, accepted);
      const rows = (await story.rows()).filter(({ state }) => state === 'suppressed');
      expect(rows).toHaveLength(2);
      expect(rows[0]?.reason).toBe(`bundled into ${carrier?.incident.number}'s page`);
      await story.wait(600_000);
      expect(await story.due()).toEqual([]);
    }));

  it('owes again at once what was to be carried by a message that failed, and marks what may have been carried', () =>
    inLedgerStory(async (story) => {
      const incidents = await story.incidents(8);
      await sixSent(story, incidents);
      for (const incident of incidents.slice(6)) await story.plan(incident);
      await story.wait(10_000);
      const [carrier] = await story.due();
      expect(carrier?.alsoPaged).toHaveLength(1);
      if (carrier !== undefined) await story.store.ledger.settle(carrier, refused);
      expect((await story.rows()).filter(({ isDue, carrier: by }) => isDue && by === null)).toHaveLength(1);

      await story.wait(30_000);
      const again = await story.due();
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
      for (const delivery of again) await story.store.ledger.settle(delivery, unheard);
      await story.wait(600_000);
      const repeated = await story.due();
      expect(repeated.length).toBeGreaterThan(0);
      expect(repeated.every(({ possibleDuplicate }) => possibleDuplicate)).toBe(true);
    }));

  it('marks what an attempt that nobody heard of may have carried, when the next one fails', () =>
    inLedgerStory(async (story) => {
      const incidents = await story.incidents(8);
      await sixSent(story, incidents);
      for (const incident of incidents.slice(6)) await story.plan(incident);
      await story.wait(10_000);
      const [carrier] = await story.due();
      if (carrier === undefined) throw new Error('nothing was due');
      expect(carrier.alsoPaged).toHaveLength(1);
      await story.store.ledger.settle(carrier, unheard);
      await story.wait(3_000);
      const [again] = await story.due();
      expect(again).toMatchObject({ id: carrier.id, possibleDuplicate: true, alsoPaged: [{}] });
      if (again !== undefined) await story.store.ledger.settle(again, refused);
      const number = carrier.alsoPaged?.[0]?.number;
      await story.wait(20_000);
      const [alone] = await story.store.ledger.takeDue({
        incidentId: incidents.find((one) => one.number === number)?.id ?? null,
        sender: 'later',
        lateMs: 0,
        limit: 50,
      });
      expect(alone).toMatchObject({ incident: { number }, attempt: 1, possibleDuplicate: true });
    }));

  it('ends with an acceptance that is written late what that attempt carried, and owes at once what it did not', () =>
    inLedgerStory(async (story) => {
      const incidents = await story.incidents(9);
      await sixSent(story, incidents);
      for (const incident of incidents.slice(6, 8)) await story.plan(incident);
      await story.wait(10_000);
      const [slept] = await story.due();
      if (slept === undefined) throw new Error('nothing was due');
      await story.plan(incidents[8] ?? { id: '', number: '', link: '' });
      await story.wait(30_001);
      const [next] = await story.due();
      expect(next).toMatchObject({ id: slept.id, alsoPaged: [{}, {}] });
      await story.store.ledger.settle(slept, accepted);
      const states = new Map((await story.rows()).map(({ incident, ...row }) => [incident, row]));
      expect(states.get(slept.alsoPaged?.[0]?.number ?? '')).toMatchObject({ state: 'suppressed' });
      expect(states.get(incidents[8]?.number ?? '')).toMatchObject({ state: 'planned', isDue: true });
      await story.wait(20_000);
      expect(await story.due()).toMatchObject([
        { incident: { number: incidents[8]?.number }, possibleDuplicate: true },
      ]);
    }));

  it('knows that what a bounced message carried has reached nobody, and what an arrived one carried was told', () =>
    inLedgerStory(async (story) => {
      const incidents = await story.incidents(8);
      await sixSent(story, incidents);
      for (const incident of incidents.slice(6)) await story.plan(incident);
      await story.wait(10_000);
      const [carrier] = await story.due();
      const [carried] = carrier?.alsoPaged ?? [];
      const other = incidents.find(({ number }) => number === carried?.number);
      if (carrier === undefined || other === undefined) throw new Error('nothing was carried');
      await story.store.ledger.settle(carrier, accepted);
      expect(await wasPaged(story.store.dataSource, ['bo'], other.id)).toBe('bo');
      // Bo has another contact for later, of the incident that was carried.
      await story.plan(other, { contact: 'phone', channel: 'sms', rule: 1, afterMs: 300_000 });
      expect((await story.due()).length).toBe(0);
      const bounced = {
        provider: 'smtp',
        eventId: 'b1',
        delivery: carrier.id,
        providerId: null,
        verdict: 'bounced' as const,
        at: '2026-11-22T22:10:00Z',
      };
      expect(await story.store.callbacks.record(bounced)).toBe('applied');
      expect(await story.due()).toMatchObject([{ channel: 'sms', incident: { number: other.number } }]);
    }));

  it('brings forward one next contact of the same track, and no more however long the first one fails', () =>
    inLedgerStory(async (story) => {
      const [incident] = await story.incidents(1);
      if (incident === undefined) throw new Error('no incident');
      const later = async (about: Partial<PlannedDelivery>) =>
        expect(await story.plan(incident, { address: 'https://example.com', ...about })).toEqual([]);
      const contacts = async (leased: LeasedDelivery[]) =>
        leased.map(({ contact, track }) => `${contact} of ${track}`);
      // Not in the order of their time.
      await later({ contact: 'call', rule: 1, channel: 'webhook', afterMs: 900_000 });
      await later({ contact: 'text', rule: 2, channel: 'webhook', afterMs: 300_000 });
      await later({ contact: 'other', rule: 3, channel: 'webhook', afterMs: 60_000, track: 'payments' });
      const [push] = await story.plan(incident, {
        contact: 'push',
        channel: 'webhook',
        address: 'https://push',
      });
      if (push === undefined) throw new Error('nothing was due');
      await story.store.ledger.settle(push, refused);
      expect(await story.due()).toEqual([]);
      await story.wait(3_000);
      for (const again of await story.due()) await story.store.ledger.settle(again, refused);
      const [text, ...others] = await story.due();
      expect(await contacts(text === undefined ? [] : [text])).toEqual(['text of checkout']);
      expect(others).toEqual([]);
      if (text !== undefined) await story.store.ledger.settle(text, accepted);
      await story.wait(15_000);
      const [third] = await story.due();
      expect(third).toMatchObject({ contact: 'push', attempt: 3 });
      if (third !== undefined) await story.store.ledger.settle(third, { ...refused, permanent: true });
      expect(await story.due()).toEqual([]);
      await story.wait(60_000);
      expect(await contacts(await story.due())).toEqual(['other of payments']);
    }));

  it('sends the first sight of a P1 at once, and takes along what was held', () =>
    inLedgerStory(async (story) => {
      const incidents = await story.incidents(8);
      await sixSent(story, incidents);
      const [held, loud] = incidents.slice(6);
      if (held === undefined || loud === undefined) throw new Error('too few incidents');
      await story.plan(held);
      const [delivery] = await story.plan(loud, { cycle: 0, step: 9 }, 'P1');
      expect(delivery?.alsoPaged).toMatchObject([{ number: held.number }]);
    }));

  it('gives each row to one of two senders, pages before the rest', () =>
    inLedgerStory(async (story) => {
      const incidents = await story.incidents(6);
      for (const [n, incident] of incidents.entries())
        await story.store.dataSource.transaction((tx) =>
          story.store.ledger.plan(
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
        story.store.ledger.takeDue({ incidentId: null, sender: 'one', lateMs: 0, limit: 7 }),
        story.store.ledger.takeDue({ incidentId: null, sender: 'two', lateMs: 0, limit: 7 }),
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
      const left = await story.due();
      expect(ids.length + left.length).toBe(18);
    }));

  it('keeps to what a provider takes, over all processes, and the excess goes out later', () =>
    inLedgerStory(async (story, db) => {
      const incidents = await story.incidents(5);
      const stores = [1, 2].map(() => createStore(db, randomBytes(32)));
      for (const { ledger } of [story.store, ...stores])
        ledger.keepTo((channel) =>
          channel === 'sms' ? { perSecond: 0.2, perAddressPerMinute: 100 } : undefined,
        );
      const leased = await Promise.all(
        incidents.map((incident, n) =>
          story.plan(incident, { channel: 'sms', contact: 'phone', person: `p${n}`, address: `+4930${n}` }),
        ),
      );
      expect(leased.flat().length).toBeLessThanOrEqual(2);
      expect(
        (await story.rows()).filter(({ held }) => held === 'held: sms takes 0.2 messages a second').length,
      ).toBeGreaterThanOrEqual(3);
      let sent = leased.flat().length;
      for (let turn = 0; turn < 10 && sent < 5; turn += 1) {
        await story.wait(5_000);
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
    inLedgerStory(async (story, db) => {
      await beat(db, 'pager', {});
      const [ofWorker, ofPager] = await story.incidents(2);
      if (ofWorker === undefined || ofPager === undefined) throw new Error('too few incidents');
      const told = await noticesOf(story, 1, async () => {
        for (const [incident, sender] of [
          [ofWorker, 'worker'],
          [ofPager, instanceName()],
        ] as const) {
          await story.plan(incident, { afterMs: 1 });
          await story.wait(10);
          for (const due of await story.due(sender)) await story.store.ledger.settle(due, refused);
        }
      });
      expect(told).toEqual([ofPager.id]);
    }));

  it('leaves owed what a process that stands still has the turn for, and sends all else, however much of it there is', () =>
    inLedgerStory(async (story, db) => {
      const { ledger } = story.store;
      ledger.keepTo((channel) =>
        channel === 'sms' ? { perSecond: 100, perAddressPerMinute: 100 } : undefined,
      );
      const incidents = await story.incidents(3);
      for (const [n, incident] of incidents.entries())
        await story.plan(incident, { channel: 'sms', address: `+4930${n}`, contact: 'phone', afterMs: 1 });
      const [incident] = incidents;
      if (incident === undefined) throw new Error('no incident');
      await story.plan(incident, {
        channel: 'webhook',
        address: 'https://example.com',
        contact: 'hook',
        afterMs: 2,
      });
      await story.plan(incident, { afterMs: 2 });
      await story.wait(10);
      const due = { incidentId: null, sender: 'other', lateMs: 0, limit: 3 };
      await db.transaction(async (stopped) => {
        await stopped.query(`SELECT 1 FROM sending_pace WHERE scope = 'provider/sms' FOR UPDATE`);
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
    inLedgerStory(async (story) => {
      const [incident] = await story.incidents(1);
      for (const from of states)
        for (const to of states.filter((one) => one !== from)) {
          const id = await rowIn(story, incident?.id ?? '', from);
          const moved = await story
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

  async function rowIn(story: PagedStory, incident: string, state: DeliveryState): Promise<string> {
    const rows: { id: string }[] = await story.query(
      `INSERT INTO delivery (id, key, incident_id, type, subject, cycle, step, person, contact, rule, channel, address, state, reason, lease, created_at, updated_at)
       VALUES (gen_random_uuid(), gen_random_uuid()::text, $1, 'page.requested', '{}', 9, 1, 'bo', 'mail', 0, 'email', 'bo@example.com', $2, 'test',
               CASE WHEN $2 = 'sending' THEN gen_random_uuid() END, tocsin_now(), tocsin_now()) RETURNING id`,
      [incident, state],
    );
    return rows[0]?.id ?? '';
  }
});

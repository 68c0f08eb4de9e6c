import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../test/harness/database.js';
import type { DeliveryCallback } from './delivery-callbacks.js';
import { listDeliveries } from './delivery-view.js';
import { type PagedFixture, pagedFixture } from '../testing/paged-fixture.js';

const at = '2026-11-22T22:10:00.000Z';
let events = 0;
const receipt = (about: Partial<DeliveryCallback>): DeliveryCallback => ({
  provider: 'twilio',
  eventId: `e${++events}`,
  delivery: null,
  providerId: null,
  verdict: 'delivered',
  at,
  ...about,
});
const withStack = (work: (fixture: PagedFixture) => Promise<void>) =>
  withDatabase(async (db) => work(await pagedFixture(db)));

describe('a receipt', () => {
  it('moves its own row forwards, once, by id, key or the provider’s id', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const other = await fixture.page();
      const [page] = await fixture.deliveries(incident);
      const good = receipt({ delivery: page?.key ?? '' });
      expect(await fixture.store.callbacks.record(good)).toBe('applied');
      expect(await fixture.store.callbacks.record(good)).toBe('repeated');
      expect(
        await fixture.store.callbacks.record(receipt({ providerId: `SM${page?.id}`, verdict: 'read' })),
      ).toBe('applied');
      expect(
        await fixture.store.callbacks.record(receipt({ delivery: page?.id ?? '', verdict: 'failed' })),
      ).toBe('late');
      expect((await fixture.deliveries(incident))[0]?.state).toBe('delivered');
      expect((await fixture.deliveries(other))[0]?.state).toBe('accepted');
    }));

  it('of an unknown message, another provider or an earlier attempt moves nothing', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const [page] = await fixture.deliveries(incident);
      const delivery = page?.id ?? '';
      expect(await fixture.store.callbacks.record(receipt({ delivery: 'nothing', verdict: 'failed' }))).toBe(
        'unknown',
      );
      expect(await fixture.store.callbacks.record(receipt({ verdict: 'failed' }))).toBe('unknown');
      expect(
        await fixture.store.callbacks.record(receipt({ provider: 'telnyx', delivery, verdict: 'failed' })),
      ).toBe('late');
      expect(
        await fixture.store.callbacks.record(receipt({ delivery, providerId: 'SMother', verdict: 'failed' })),
      ).toBe('late');
      expect((await fixture.deliveries(incident))[0]?.state).toBe('accepted');
      expect(await fixture.query('SELECT outcome FROM provider_callback ORDER BY received_at')).toHaveLength(
        4,
      );
    }));

  it('that says "failed" makes the next contact due at once; the last one sends the page on', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const [phone, mail] = await fixture.deliveries(incident);
      expect(mail).toMatchObject({ channel: 'email', state: 'planned', due: false });
      const failed = receipt({ delivery: phone?.id ?? '', verdict: 'failed', error: '30003 unreachable' });
      expect(await fixture.store.callbacks.record(failed)).toBe('applied');
      expect(await fixture.deliveries(incident)).toMatchObject([
        { state: 'failed' },
        { state: 'planned', due: true },
      ]);

      const due = await fixture.store.ledger.takeDue({
        incidentId: incident.id,
        sender: 'test',
        lateMs: 0,
        limit: 5,
      });
      expect(due.map(({ channel }) => channel)).toEqual(['email']);
      for (const one of due)
        await fixture.store.ledger.settle(one, { kind: 'accepted', provider: 'smtp', providerId: '<a@b>' });
      await fixture.store.callbacks.record(
        receipt({ provider: 'smtp', delivery: mail?.id ?? '', verdict: 'bounced' }),
      );
      const [last]: { kind: string; data: { reason?: string } }[] = await fixture.query(
        'SELECT kind, data FROM incident_event WHERE incident_id = $1 ORDER BY seq DESC LIMIT 1',
        [incident.id],
      );
      expect(last).toMatchObject({
        kind: 'escalated',
        data: { reason: 'nobody at step 1 could be reached' },
      });
    }));

  it.each([
    ['5.1.1 smtp; 550 5.1.1 no such user', true],
    ['5.7.1 smtp; 550 5.7.1 blocked by policy', false],
    ['5.2.2 smtp; 552 5.2.2 mailbox full', false],
    ['5.7.1 smtp; 554 5.7.1 relay access denied', false],
    ['5.0.0', false],
  ])('of a bounce with "%s" fails its row; the address is dead: %s', (error, isDead) =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const [mail] = await fixture.deliveries(incident);
      await fixture.query(
        `UPDATE delivery SET channel = 'email', address = 'Ana@Example.com', contact = 'mail', provider = 'smtp' WHERE id = $1`,
        [mail?.id],
      );
      const bounced = receipt({ provider: 'smtp', delivery: mail?.id ?? '', verdict: 'bounced', error });
      expect(await fixture.store.callbacks.record(bounced)).toBe('applied');
      expect((await fixture.deliveries(incident))[0]).toMatchObject({ state: 'failed' });
      const dead = await fixture.query('SELECT dead_reason FROM contact_status WHERE dead_at IS NOT NULL');
      expect(dead).toEqual(isDead ? [{ dead_reason: error }] : []);
    }),
  );

  it('that says "failed" brings forward no contact but the next one of its escalation', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const [phone, mail] = await fixture.deliveries(incident);
      await fixture.query(
        `INSERT INTO delivery (id, key, incident_id, type, subject, escalation, cycle, step, person, contact, rule, channel, address, state,
           due_at, created_at, updated_at)
         SELECT gen_random_uuid(), gen_random_uuid()::text, incident_id, type, subject, new.escalation, cycle, step, person, new.contact, 5,
                'voice', '+4930123456', 'planned', due_at + new.after, created_at, updated_at
           FROM delivery, (VALUES ('checkout', 'call', interval '5 minutes'), ('payments', 'other', interval '-30 seconds'))
                AS new (escalation, contact, after) WHERE id = $1`,
        [mail?.id],
      );
      await fixture.store.callbacks.record(receipt({ delivery: phone?.id ?? '', verdict: 'failed' }));
      expect((await fixture.deliveries(incident)).filter(({ due }) => due)).toMatchObject([
        { channel: 'email' },
      ]);
    }));

  it('may overtake the answer to the call that it is about', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const [, mail] = await fixture.deliveries(incident);
      await fixture.query(`UPDATE delivery SET due_at = tocsin_now() WHERE id = $1`, [mail?.id]);
      const [leased] = await fixture.store.ledger.takeDue({
        incidentId: incident.id,
        sender: 'test',
        lateMs: 0,
        limit: 5,
      });
      if (leased === undefined) throw new Error('nothing was due');
      expect(await fixture.store.callbacks.record(receipt({ provider: 'smtp', delivery: leased.key }))).toBe(
        'applied',
      );
      await fixture.store.ledger.settle(leased, { kind: 'ambiguous', provider: 'smtp', error: 'timed out' });
      expect((await fixture.deliveries(incident))[1]).toMatchObject({ state: 'delivered', due: false });
      expect(await fixture.store.ledger.nextDueMs(incident.id)).toBeNull();
    }));

  it('is kept, like the answer to an attempt, without the address that it repeats', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const [, mail] = await fixture.deliveries(incident);
      await fixture.query(`UPDATE delivery SET due_at = tocsin_now() WHERE id = $1`, [mail?.id]);
      const { ledger, callbacks, dataSource } = fixture.store;
      const [leased] = await ledger.takeDue({
        incidentId: incident.id,
        sender: 'test',
        lateMs: 0,
        limit: 5,
      });
      if (leased === undefined) throw new Error('nothing was due');
      const error = '550 5.1.1 <ana@example.com>: user unknown';
      await ledger.settle(leased, { kind: 'failed', provider: 'smtp', error, permanent: true });
      await callbacks.record(
        receipt({ provider: 'smtp', delivery: leased.key, verdict: 'failed', error: `5.1.1 ${error}` }),
      );
      const { items } = await listDeliveries(dataSource, incident.id);
      expect(items.find(({ channel }) => channel === 'email')?.attempts).toMatchObject([
        { error: '550 5.1.1 <A…@Example.com>: user unknown' },
      ]);
      const kept = await fixture.query(
        'SELECT dead_reason AS kept FROM contact_status UNION ALL SELECT error FROM provider_callback',
      );
      expect(kept).toHaveLength(2);
      expect(JSON.stringify(kept)).not.toMatch(/ana@example/i);
    }));

  it('that is refused is on record, without secrets, and a flood of them is not', () =>
    withStack(async (fixture) => {
      await fixture.store.callbacks.refuse('twilio', 'wrong signature', 'From=%2B4930&token=abc\0');
      await Promise.all(
        Array.from({ length: 60 }, () => fixture.store.callbacks.refuse('twilio', 'wrong signature', 'x')),
      );
      const rows: { outcome: string; body_start: string }[] = await fixture.query(
        'SELECT outcome, body_start FROM provider_callback',
      );
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.length).toBeLessThanOrEqual(40);
      expect(rows[0]).toMatchObject({ outcome: 'refused' });
    }));
});

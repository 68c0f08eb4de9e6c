import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '../test/harness/database.js';
import type { DeliveryCallback } from './delivery-callbacks.js';
import { listDeliveries } from './views/delivery-view.js';
import { type PagedStory, pagedStory } from './testing/paged-story.js';

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
const inStory = (work: (story: PagedStory) => Promise<void>) =>
  withDatabase(async (db) => work(await pagedStory(db)));

describe('a receipt', () => {
  it('moves its own row forwards, once, by id, key or the provider’s id', () =>
    inStory(async (story) => {
      const incident = await story.page();
      const other = await story.page();
      const [page] = await story.deliveries(incident);
      const good = receipt({ delivery: page?.key ?? '' });
      expect(await story.store.callbacks.record(good)).toBe('applied');
      expect(await story.store.callbacks.record(good)).toBe('repeated');
      expect(
        await story.store.callbacks.record(receipt({ providerId: `SM${page?.id}`, verdict: 'read' })),
      ).toBe('applied');
      expect(
        await story.store.callbacks.record(receipt({ delivery: page?.id ?? '', verdict: 'failed' })),
      ).toBe('late');
      expect((await story.deliveries(incident))[0]?.state).toBe('delivered');
      expect((await story.deliveries(other))[0]?.state).toBe('accepted');
    }));

  it('of an unknown message, another provider or an earlier attempt moves nothing', () =>
    inStory(async (story) => {
      const incident = await story.page();
      const [page] = await story.deliveries(incident);
      const delivery = page?.id ?? '';
      expect(await story.store.callbacks.record(receipt({ delivery: 'nothing', verdict: 'failed' }))).toBe(
        'unknown',
      );
      expect(await story.store.callbacks.record(receipt({ verdict: 'failed' }))).toBe('unknown');
      expect(
        await story.store.callbacks.record(receipt({ provider: 'telnyx', delivery, verdict: 'failed' })),
      ).toBe('late');
      expect(
        await story.store.callbacks.record(receipt({ delivery, providerId: 'SMother', verdict: 'failed' })),
      ).toBe('late');
      expect((await story.deliveries(incident))[0]?.state).toBe('accepted');
      expect(await story.query('SELECT outcome FROM provider_callback ORDER BY received_at')).toHaveLength(4);
    }));

  it('that says "failed" makes the next contact due at once; the last one sends the page on', () =>
    inStory(async (story) => {
      const incident = await story.page();
      const [phone, mail] = await story.deliveries(incident);
      expect(mail).toMatchObject({ channel: 'email', state: 'planned', due: false });
      const failed = receipt({ delivery: phone?.id ?? '', verdict: 'failed', error: '30003 unreachable' });
      expect(await story.store.callbacks.record(failed)).toBe('applied');
      expect(await story.deliveries(incident)).toMatchObject([
        { state: 'failed' },
        { state: 'planned', due: true },
      ]);

      const due = await story.store.ledger.takeDue({
        incidentId: incident.id,
        sender: 'test',
        lateMs: 0,
        limit: 5,
      });
      expect(due.map(({ channel }) => channel)).toEqual(['email']);
      for (const one of due)
        await story.store.ledger.settle(one, { kind: 'accepted', provider: 'smtp', providerId: '<a@b>' });
      await story.store.callbacks.record(
        receipt({ provider: 'smtp', delivery: mail?.id ?? '', verdict: 'bounced' }),
      );
      const [last]: { kind: string; data: { reason?: string } }[] = await story.query(
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
    inStory(async (story) => {
      const incident = await story.page();
      const [mail] = await story.deliveries(incident);
      await story.query(
        `UPDATE delivery SET channel = 'email', address = 'Ana@Example.com', contact = 'mail', provider = 'smtp' WHERE id = $1`,
        [mail?.id],
      );
      const bounced = receipt({ provider: 'smtp', delivery: mail?.id ?? '', verdict: 'bounced', error });
      expect(await story.store.callbacks.record(bounced)).toBe('applied');
      expect((await story.deliveries(incident))[0]).toMatchObject({ state: 'failed' });
      const dead = await story.query('SELECT dead_reason FROM contact_standing WHERE dead_at IS NOT NULL');
      expect(dead).toEqual(isDead ? [{ dead_reason: error }] : []);
    }),
  );

  it('that says "failed" brings forward no contact but the next one of its track', () =>
    inStory(async (story) => {
      const incident = await story.page();
      const [phone, mail] = await story.deliveries(incident);
      await story.query(
        `INSERT INTO delivery (id, key, incident_id, type, subject, track, cycle, step, person, contact, rule, channel, address, state,
           due_at, created_at, updated_at)
         SELECT gen_random_uuid(), gen_random_uuid()::text, incident_id, type, subject, new.track, cycle, step, person, new.contact, 5,
                'voice', '+4930123456', 'planned', due_at + new.after, created_at, updated_at
           FROM delivery, (VALUES ('checkout', 'call', interval '5 minutes'), ('payments', 'other', interval '-30 seconds'))
                AS new (track, contact, after) WHERE id = $1`,
        [mail?.id],
      );
      await story.store.callbacks.record(receipt({ delivery: phone?.id ?? '', verdict: 'failed' }));
      expect((await story.deliveries(incident)).filter(({ due }) => due)).toMatchObject([
        { channel: 'email' },
      ]);
    }));

  it('may overtake the answer to the call that it is about', () =>
    inStory(async (story) => {
      const incident = await story.page();
      const [, mail] = await story.deliveries(incident);
      await story.query(`UPDATE delivery SET due_at = tocsin_now() WHERE id = $1`, [mail?.id]);
      const [leased] = await story.store.ledger.takeDue({
        incidentId: incident.id,
        sender: 'test',
        lateMs: 0,
        limit: 5,
      });
      if (leased === undefined) throw new Error('nothing was due');
      expect(await story.store.callbacks.record(receipt({ provider: 'smtp', delivery: leased.key }))).toBe(
        'applied',
      );
      await story.store.ledger.settle(leased, { kind: 'ambiguous', provider: 'smtp', error: 'timed out' });
      expect((await story.deliveries(incident))[1]).toMatchObject({ state: 'delivered', due: false });
      expect(await story.store.ledger.nextDueMs(incident.id)).toBeNull();
    }));

  it('is kept, like the answer to an attempt, without the address that it repeats', () =>
    inStory(async (story) => {
      const incident = await story.page();
      const [, mail] = await story.deliveries(incident);
      await story.query(`UPDATE delivery SET due_at = tocsin_now() WHERE id = $1`, [mail?.id]);
      const { ledger, callbacks, dataSource } = story.store;
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
      const kept = await story.query(
        'SELECT dead_reason AS kept FROM contact_standing UNION ALL SELECT error FROM provider_callback',
      );
      expect(kept).toHaveLength(2);
      expect(JSON.stringify(kept)).not.toMatch(/ana@example/i);
    }));

  it('that is refused is on record, without secrets, and a flood of them is not', () =>
    inStory(async (story) => {
      await story.store.callbacks.refuse('twilio', 'wrong signature', 'From=%2B4930&token=abc\0');
      await Promise.all(
        Array.from({ length: 60 }, () => story.store.callbacks.refuse('twilio', 'wrong signature', 'x')),
      );
      const rows: { outcome: string; body_start: string }[] = await story.query(
        'SELECT outcome, body_start FROM provider_callback',
      );
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.length).toBeLessThanOrEqual(40);
      expect(rows[0]).toMatchObject({ outcome: 'refused' });
    }));
});

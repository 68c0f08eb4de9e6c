import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { withDatabase } from '../../test/harness/database.js';
import { createDataSource } from '../connection/data-source.js';
import { createStore, type Store } from '../connection/store.js';
import { pagedFixture } from '../testing/paged-fixture.js';
import { confirmTestPage, openTestPage } from './test-pages.js';
import { effectivePerson } from '../../domain/people/effective-person.js';

const secretKey = randomBytes(32);
const NEW = { name: 'own', channel: 'email', address: 'ana@home.example', secret: null } as const;

const withStack = (work: (store: Store, db: DataSource) => Promise<void>) =>
  withDatabase(async (db) => {
    const store = createStore(db, secretKey);
    await pagedFixture(db, store);
    await work(store, db);
  });

/** The code in the message that the worker hands to the provider. */
async function codeSent(store: Store): Promise<string> {
  const [message] = await store.contactMessages.take(10);
  if (message?.kind !== 'code' || message.code === null) throw new Error('no code is on its way');
  await store.contactMessages.settle(message, { kind: 'accepted', provider: 'smtp', providerId: null });
  return message.code;
}

const wrongFor = (code: string): string => (code === '000000' ? '000001' : '000000');

async function reachedAt(store: Store, person: string): Promise<string[]> {
  const snapshot = await store.snapshots.latest(store.dataSource.manager);
  return (effectivePerson(snapshot, person)?.contacts ?? []).map(({ name }) => name);
}

const verify = async (store: Store, code: string): Promise<string> => {
  const outcome = await store.contacts.verify('ana', 'own', code, 'ana');
  return outcome.kind === 'refused' ? outcome.code : outcome.kind;
};

describe('a contact of one’s own', () => {
  it('is paged from its code on, and not before; removed it is gone', () =>
    withStack(async (store, db) => {
      expect(await store.contacts.add('ana', NEW, 'ana')).toEqual({ kind: 'accepted' });
      expect(await reachedAt(store, 'ana')).toEqual(['phone', 'mail']);
      const code = await codeSent(store);
      expect(await db.query('SELECT code, state FROM contact_message')).toEqual([
        { code: null, state: 'accepted' },
      ]);
      expect(await verify(store, wrongFor(code))).toBe('wrong_code');
      expect(await verify(store, code)).toBe('accepted');
      expect(await verify(store, code)).toBe('already_verified');
      expect(await reachedAt(store, 'ana')).toEqual(['phone', 'mail', 'own']);
      expect(await store.contacts.remove('ana', 'own', 'ana')).toEqual({ kind: 'accepted' });
      expect(await reachedAt(store, 'ana')).toEqual(['phone', 'mail']);
      expect(await store.contacts.remove('ana', 'phone', 'ana')).toMatchObject({ code: 'in_document' });
      const audit: { action: string; data: string }[] = await db.query(
        `SELECT action, data::text AS data FROM audit_entry WHERE subject = 'person/ana' ORDER BY at`,
      );
      expect(audit.map(({ action }) => action)).toEqual(['contact.add', 'contact.verify', 'contact.remove']);
      expect(audit.map(({ data }) => data).join()).not.toContain(NEW.address);
    }));

  it('takes five tries at a code; the fifth wrong one burns it, also when all come at once', () =>
    withStack(async (store, db) => {
      await store.contacts.add('ana', NEW, 'ana');
      const code = await codeSent(store);
      const tries = await Promise.all(Array.from({ length: 9 }, () => verify(store, wrongFor(code))));
      expect(tries.toSorted()).toEqual([
        ...Array.from({ length: 4 }, () => 'code_ended'),
        ...Array.from({ length: 5 }, () => 'wrong_code'),
      ]);
      expect(await verify(store, code)).toBe('code_ended');
      expect(await db.query('SELECT tries, burnt_at IS NOT NULL AS burnt FROM contact_check')).toEqual([
        { tries: 5, burnt: true },
      ]);
    }));

  it('takes the code for ten minutes, and only the newest', () =>
    withStack(async (store, db) => {
      await store.contacts.add('ana', NEW, 'ana');
      const first = await codeSent(store);
      expect(await store.contacts.sendCode('ana', 'own', 'ana')).toMatchObject({ code: 'too_soon' });
      await later(db, '9 minutes 50 seconds', async (then) => {
        expect(await verify(then, wrongFor(first))).toBe('wrong_code');
      });
      await later(db, '10 minutes', async (then) => {
        expect(await verify(then, first)).toBe('code_ended');
        expect(await then.contacts.sendCode('ana', 'own', 'ana')).toEqual({ kind: 'accepted' });
        const second = await codeSent(then);
        if (first !== second) expect(await verify(then, first)).toBe('wrong_code');
        expect(await verify(then, second)).toBe('accepted');
      });
    }));

  it('is kept with its secret sealed, and sent with it', () =>
    withStack(async (store, db) => {
      const secret = `whsec_${Buffer.from('a secret that nobody may read!').toString('base64')}`;
      const address = 'https://hooks.example.com/ana';
      await store.contacts.add('ana', { name: 'own', channel: 'webhook', address, secret }, 'ana');
      const [kept] = (await db.query('SELECT secret FROM contact')) as { secret: Buffer }[];
      expect(kept?.secret.includes('whsec_')).toBe(false);
      const [message] = await store.contactMessages.take(1);
      expect(message).toMatchObject({ address, secret, kind: 'code' });
    }));

  it('of a person is sent so many codes an hour and no more', () =>
    withStack(async (store, db) => {
      const asked: string[] = [];
      for (let n = 0; n < 16; n++) {
        const address = `ana${n}@home.example`;
        const outcome = await store.contacts.add('ana', { ...NEW, name: `own-${n}`, address }, 'ana');
        asked.push(outcome.kind === 'refused' ? outcome.code : outcome.kind);
      }
      expect(asked.slice(0, 15)).toEqual(Array.from({ length: 15 }, () => 'accepted'));
      expect(asked[15]).toBe('too_many_messages');
      expect(await db.query('SELECT count(*)::int AS n FROM contact_message')).toEqual([{ n: 15 }]);
    }));
});

describe('a test of all contacts', () => {
  it('goes to those that may be sent one, says which were left out, and is refused when none is sent', () =>
    withStack(async (store, db) => {
      expect(await store.contacts.testPage('ana', 'mail', 'ana')).toEqual({ kind: 'accepted' });
      expect(await store.contacts.testPage('ana', null, 'ana')).toEqual({
        kind: 'accepted',
        leftOut: [{ contact: 'mail', reason: expect.stringContaining('A message is on its way there') }],
      });
      expect(await store.contacts.testPage('ana', null, 'ana')).toMatchObject({
        kind: 'refused',
        code: 'too_soon',
      });
      expect(await db.query('SELECT contact FROM contact_message ORDER BY created_at')).toEqual([
        { contact: 'mail' },
        { contact: 'phone' },
      ]);
      const audit: { data: unknown }[] = await db.query(
        `SELECT data FROM audit_entry WHERE action = 'contact.test' ORDER BY at`,
      );
      expect(audit.map(({ data }) => data)).toMatchObject([{ contacts: ['mail'] }, { contacts: ['phone'] }]);
    }));
});

describe('a dead contact', () => {
  it('is not paged any more, whether of the document or of one’s own, until a test page gets through', () =>
    withStack(async (store, db) => {
      await store.contacts.testPage('ana', 'phone', 'ana');
      const [test] = await store.contactMessages.take(10);
      if (test === undefined) throw new Error('no test page is on its way');
      const gone = {
        kind: 'failed',
        provider: 'twilio',
        error: 'twilio: 400: 21211 no such number',
        permanent: true,
      } as const;
      await store.contactMessages.settle(test, gone);
      expect(await reachedAt(store, 'ana')).toEqual(['mail']);
      expect(await db.query('SELECT contact, dead_reason FROM contact_status')).toEqual([
        { contact: 'phone', dead_reason: 'twilio: 400: 21211 no such number' },
      ]);
      await later(db, '1 minute', async (then) => {
        expect(await then.contacts.testPage('ana', 'phone', 'ana')).toEqual({ kind: 'accepted' });
        const [again] = await then.contactMessages.take(10);
        if (again?.kind !== 'test') throw new Error('no test page is on its way');
        await then.contactMessages.settle(again, { kind: 'accepted', provider: 'twilio', providerId: 'SM1' });
        expect(await reachedAt(then, 'ana')).toEqual(['phone', 'mail']);
        await confirmTestPage(then.dataSource, then.rootKeys, again.link);
        expect(await openTestPage(then.dataSource, then.rootKeys, again.link)).toMatchObject({
          person: 'ana',
          contact: 'phone',
        });
        expect(
          await db.query('SELECT last_reached_at IS NOT NULL AS reached, dead_at FROM contact_status'),
        ).toEqual([{ reached: true, dead_at: null }]);
      });
    }));
});

describe('a test page that bounces', () => {
  it.each([
    ['5.1.1 smtp; 550 5.1.1 user unknown', 1],
    ['5.2.2 smtp; 552 5.2.2 mailbox full', 0],
  ])('with "%s" has failed, and leaves %i dead contact', (error, dead) =>
    withStack(async (store, db) => {
      await store.contacts.testPage('ana', 'mail', 'ana');
      const [test] = await store.contactMessages.take(10);
      if (test === undefined) throw new Error('no test page is on its way');
      await store.contactMessages.settle(test, { kind: 'accepted', provider: 'smtp', providerId: '<a@b>' });
      const bounced = { provider: 'smtp', delivery: test.key, providerId: null, verdict: 'bounced' } as const;
      await store.callbacks.record({ ...bounced, eventId: 'b1', error, at: '2026-11-22T22:10:00.000Z' });
      expect(await db.query('SELECT state, error FROM contact_message')).toEqual([
        { state: 'failed', error },
      ]);
      expect(await db.query('SELECT 1 FROM contact_status WHERE dead_at IS NOT NULL')).toHaveLength(dead);
    }),
  );
});

describe('rules of one’s own', () => {
  it('take the place of the document’s, and name only contacts that there are', () =>
    withStack(async (store) => {
      const rules = { high: [{ after: '0s', contact: 'mail' }], low: [{ after: '0s', contact: 'pager' }] };
      expect(await store.preferences.setRules('ana', rules, 'ana')).toMatchObject({
        code: 'unknown_contact',
        path: 'low[0].contact',
      });
      expect(await store.preferences.setRules('ana', { ...rules, low: [] }, 'ana')).toEqual({
        kind: 'accepted',
      });
      const snapshot = await store.snapshots.latest(store.dataSource.manager);
      expect(effectivePerson(snapshot, 'ana')?.rules).toEqual({ ...rules, low: [] });
    }));
});

/** The same record at a later time. */
async function later(db: DataSource, shift: string, work: (store: Store) => Promise<void>): Promise<void> {
  const [row] = (await db.query('SELECT current_database() AS name')) as { name: string }[];
  await db.query(`ALTER DATABASE ${row?.name} SET tocsin.clock_shift = '${shift}'`);
  const { url } = db.options as { url?: string };
  const then = createDataSource({ url: url ?? '', name: 'later', poolSize: 2 });
  await then.initialize();
  try {
    await work(createStore(then, secretKey));
  } finally {
    await then.destroy();
  }
}

/**
 * Links end: with their incident, with the root key that created them, and when an administrator ends all access
 * (docs/security.md S19).
 */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { loadConfig } from '../../config/environment.js';
import {
  callbackKey,
  linkToken,
  mailToken,
  openCallbackKey,
  openMailToken,
  type RootKeys,
} from '../../shared/keys.js';
import { seal, unseal } from '../../shared/sealed.js';
import { endAccess } from '../../db/reply/link-life.js';
import { LinkStore } from '../../db/reply/link-store.js';
import { adoptRootKey } from '../../db/access/root-key.js';
import { createStore } from '../../db/connection/store.js';
import { pagedFixture } from '../../db/testing/paged-fixture.js';
import { withDatabase } from '../harness/database.js';

const [old, next] = [randomBytes(32), randomBytes(32)];
const opens = async (db: DataSource, keys: RootKeys, token: string): Promise<boolean> =>
  (await new LinkStore(db, keys).open(token)) !== null;

describe('M2: a link', () => {
  it('expires some days after its incident was closed, and is good again while that is reopened', () =>
    withDatabase(async (db) => {
      const stack = await pagedFixture(db, createStore(db, old, { linkDays: 3 }));
      const { id, link } = await stack.page();
      const tell = (command: Parameters<typeof stack.store.recorder.record>[0]['command']) =>
        stack.store.recorder.record({ incidentId: id, actor: 'ana', command });
      const days = async (): Promise<number | null> => {
        const rows: { days: number | null }[] = await db.query(
          `SELECT round(extract(epoch FROM l.expires_at - tocsin_now()) / 86400)::int AS days FROM link_token l WHERE incident_id = $1 LIMIT 1`,
          [id],
        );
        return rows[0]?.days ?? null;
      };
      expect(await days()).toBeNull();
      expect(await tell({ type: 'resolve', comment: null, because: 'person' })).toMatchObject({
        kind: 'accepted',
      });
      expect(await days()).toBeNull();
      expect(await tell({ type: 'waive_postmortem', reason: 'a test' })).toMatchObject({ kind: 'accepted' });
      expect(await stack.status({ id, link, number: '' })).toBe('closed');
      expect(await days()).toBe(3);
      expect((await new LinkStore(db, [old]).open(link))?.expiresAt).not.toBeNull();
    }));

  it('ends with the root key that made it, or when that is no longer named as the previous one', () =>
    withDatabase(async (db) => {
      const stack = await pagedFixture(db, createStore(db, old));
      await adoptRootKey(db, [old]);
      const { link } = await stack.page();
      expect(await opens(db, [old], link)).toBe(true);
      await adoptRootKey(db, [next, old]);
      expect(await opens(db, [next, old], link)).toBe(true);
      expect(await opens(db, [next], link)).toBe(false);
    }));

  it('that is still to be sent, or sent again, is one of the new key', () =>
    withDatabase(async (db) => {
      const stack = await pagedFixture(db, createStore(db, old));
      await adoptRootKey(db, [old]);
      const incident = await stack.page();
      expect(await adoptRootKey(db, [next])).toMatchObject({ isNew: true });
      expect(await adoptRootKey(db, [next])).toMatchObject({ isNew: false });
      for (const { key, person } of await stack.deliveries(incident)) {
        const opened = await new LinkStore(db, [next]).open(linkToken(next, key));
        expect(opened?.person.name).toBe(person);
      }
    }));

  it('and every session and sign-in link end together, with an entry in the audit log', () =>
    withDatabase(async (db) => {
      const stack = await pagedFixture(db, createStore(db, old));
      const { link } = await stack.page();
      await db.query(
        `INSERT INTO session (hash, person, created_at, seen_at, expires_at) VALUES ('\\x01', 'ana', tocsin_now(), tocsin_now(), tocsin_now() + interval '1 day')`,
      );
      await db.query(
        `INSERT INTO setup_link (hash, purpose, person, created_at, expires_at) VALUES ('\\x02', 'sign_in', 'ana', tocsin_now(), tocsin_now() + interval '1 day')`,
      );
      expect(await endAccess(db, 'somebody')).toMatchObject({ sessions: 1, signInLinks: 1 });
      expect((await new LinkStore(db, [old]).open(link))?.revokedAt).not.toBeNull();
      expect(await db.query(`SELECT 1 FROM session WHERE ended_at IS NULL`)).toEqual([]);
      expect(await db.query(`SELECT actor FROM audit_entry WHERE action = 'access.end_all'`)).toEqual([
        { actor: 'somebody' },
      ]);
      // A page after that can be answered.
      const after = await stack.page();
      expect((await new LinkStore(db, [old]).open(after.link))?.revokedAt).toBeNull();
    }));
});

describe('L12: a root key is exchanged', () => {
  it('what is sealed stays readable, and is sealed by the new one', () =>
    withDatabase(async (db) => {
      await pagedFixture(db, createStore(db, old));
      const secret = seal(old, 'ana/own', 'whsec_abc');
      await db.query(
        `INSERT INTO contact (id, person, name, channel, address, secret, created_by, created_at) VALUES (gen_random_uuid(), 'ana', 'own', 'webhook', 'https://x', $1, 'ana', tocsin_now()),
           (gen_random_uuid(), 'bo', 'own', 'webhook', 'https://x', $2, 'bo', tocsin_now())`,
        [secret, seal(randomBytes(32), 'bo/own', 'whsec_lost')],
      );
      await adoptRootKey(db, [old]);
      expect(unseal([next, old], 'ana/own', secret)).toBe('whsec_abc');
      expect(await adoptRootKey(db, [next, old])).toEqual({
        isNew: true,
        resealed: 1,
        unreadable: ['bo/own'],
      });
      const rows: { secret: Buffer }[] = await db.query(
        `SELECT secret FROM contact WHERE person = 'ana' AND name = 'own'`,
      );
      expect(rows.map((row) => unseal(next, 'ana/own', row.secret))).toEqual(['whsec_abc']);
    }));

  it('addresses that are out still lead back, until it is named no more', () => {
    const key = 'a'.repeat(64);
    expect(openMailToken([next, old], 'reply', mailToken(old, 'reply', key))).toBe(key.slice(0, 32));
    expect(openMailToken([next], 'reply', mailToken(old, 'reply', key))).toBeNull();
    expect(openCallbackKey([next, old], 'telnyx', callbackKey(old, 'telnyx', key))).toBe(key);
    expect(openCallbackKey([next], 'telnyx', callbackKey(old, 'telnyx', key))).toBeNull();
    expect(openCallbackKey([old], 'telnyx', callbackKey(old, 'pushover', key))).toBeNull();
  });

  it('is read from TOCSIN_SECRET_KEY_PREVIOUS, which is checked as the root key is', () => {
    const env = { DATABASE_URL: 'postgres://a@b/c', TOCSIN_SECRET_KEY: 'n'.repeat(32) };
    const previous = `${'o'.repeat(32)} ${'p'.repeat(32)}`;
    expect(loadConfig({ ...env, TOCSIN_SECRET_KEY_PREVIOUS: previous }).rootKeys.map(String)).toEqual(
      ['n', 'o', 'p'].map((letter) => letter.repeat(32)),
    );
    expect(() => loadConfig({ ...env, TOCSIN_SECRET_KEY_PREVIOUS: 'short' })).toThrow(
      /TOCSIN_SECRET_KEY_PREVIOUS: has 5 characters, at least 32/,
    );
    expect(() => loadConfig({ ...env, TOCSIN_LINK_DAYS: '900' })).toThrow(/TOCSIN_LINK_DAYS/);
  });
});

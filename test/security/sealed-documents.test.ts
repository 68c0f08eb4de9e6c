/** Signing secrets in documents are stored nowhere in clear, in no revision. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { RootKeys } from '../../shared/keys.js';
import { ConfigStore } from '../../db/config/config-store.js';
import { openedContactSecret, openedSubscriptionSecret } from '../../db/config/document-secrets.js';
import { adoptRootKey } from '../../db/access/root-key.js';
import { createStore } from '../../db/connection/store.js';
import { withDatabase } from '../harness/database.js';
import { everything } from '../harness/everything.js';

const [old, next] = [randomBytes(32), randomBytes(32)];
const SECRETS = [
  'whsec_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  'whsec_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
  'whsec_cccccccccccccccccccccccccccccccccccccccc',
];

const person = {
  displayName: 'Ana',
  email: 'ana@example.com',
  timezone: 'UTC',
  role: 'responder' as const,
  contacts: [{ name: 'hook', channel: 'webhook', address: 'https://x.example', secret: SECRETS[0] ?? '' }],
  rules: { high: [], low: [] },
};
const subscription = {
  url: 'https://y.example',
  format: 'standard' as const,
  drills: false,
  secret: SECRETS[1] ?? '',
  previousSecret: SECRETS[2] ?? '',
};

async function apply(db: DataSource, key: Buffer): Promise<void> {
  const store = createStore(db, key);
  const configs = new ConfigStore(db, store.snapshots, key);
  await configs.change((tx) =>
    configs.write(tx, {
      writes: [
        { kind: 'Person', name: 'ana', spec: person },
        { kind: 'Subscription', name: 'crm', spec: subscription },
      ],
      keys: [],
      author: 'dana',
      managedBy: 'api',
    }),
  );
}

const secretsOf = async (db: DataSource, keys: RootKeys): Promise<unknown[]> => {
  const snapshot = await createStore(db, keys).snapshots.latest(db);
  const { secret, previousSecret } = snapshot.get('Subscription', 'crm')?.spec ?? {};
  return [snapshot.get('Person', 'ana')?.spec.contacts[0]?.secret, secret, previousSecret];
};

describe('M10: the secrets of documents', () => {
  it('are sealed where they are stored and open where they are used', () =>
    withDatabase(async (db) => {
      await apply(db, old);
      const stored = await everything(db);
      expect(stored).toContain('sealed:');
      for (const secret of SECRETS) expect(stored).not.toContain(secret);
      expect(await secretsOf(db, [old])).toEqual(SECRETS);
      // No other key opens them, and they survive the attempt.
      expect(await secretsOf(db, [next])).toEqual(SECRETS.map(() => expect.stringMatching(/^sealed:/)));
    }));

  it('as the senders read them by SQL are open too, each in its own place only', () =>
    withDatabase(async (db) => {
      await apply(db, old);
      const rows: { hook: string; crm: string }[] = await db.query(
        `SELECT (SELECT spec->'contacts'->0->>'secret' FROM config_object WHERE kind = 'Person') AS hook,
                (SELECT spec->>'secret' FROM config_object WHERE kind = 'Subscription') AS crm`,
      );
      const { hook = null, crm = null } = rows[0] ?? {};
      expect(openedContactSecret([old], { person: 'ana', contact: 'hook' }, hook)).toBe(SECRETS[0]);
      expect(openedContactSecret([old], { person: 'bo', contact: 'hook' }, hook)).toBeNull();
      expect(openedSubscriptionSecret([old], 'subscription/crm', crm)).toBe(SECRETS[1]);
      expect(openedSubscriptionSecret([old], 'subscription/other', crm)).toBeNull();
    }));

  it('that an earlier release stored in clear are sealed at the next start, in every revision', () =>
    withDatabase(async (db) => {
      await db.query(
        `INSERT INTO config_object (kind, name, revision, spec, author, at)
         SELECT 'Subscription', 'crm', n, $1::jsonb, 'test', tocsin_now() FROM generate_series(1, 3) AS n`,
        [JSON.stringify(subscription)],
      );
      expect(await adoptRootKey(db, [old])).toMatchObject({ resealed: 3, unreadable: [] });
      const stored = await everything(db);
      for (const secret of SECRETS) expect(stored).not.toContain(secret);
      expect((await secretsOf(db, [old])).slice(1)).toEqual(SECRETS.slice(1));
    }));

  it('are sealed anew when the root key is exchanged, and named when nothing opens them', () =>
    withDatabase(async (db) => {
      await apply(db, old);
      await adoptRootKey(db, [old]);
      expect(await adoptRootKey(db, [next])).toMatchObject({
        resealed: 0,
        unreadable: ['Person/ana/hook', 'Subscription/crm'],
      });
      expect(await adoptRootKey(db, [next, old])).toMatchObject({ resealed: 2, unreadable: [] });
      expect(await secretsOf(db, [next])).toEqual(SECRETS);
    }));
});

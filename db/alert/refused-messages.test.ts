/** A refused message pages nobody, so the owner of its source must be notified. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { NO_LIVE_DATA } from '../../domain/config/live-data.js';
import { withDatabase } from '../../test/harness/database.js';
import { ContactMessages } from '../people/contact-messages.js';
import { reportRefusedMessages } from './refused-messages.js';
import { watchdogs } from '../health/watchdogs.js';

const person = (role: string, contacts: unknown[]): unknown => ({
  displayName: role,
  email: `${role}@example.com`,
  timezone: 'UTC',
  role,
  contacts,
  rules: { high: [], low: [] },
});
const documents: Record<string, unknown> = {
  'Source/shop': { format: 'generic', service: 'checkout' },
  'Source/bare': { format: 'generic' },
  'Service/checkout': { displayName: 'Checkout', team: 'web', tier: 1 },
  'Team/web': {
    displayName: 'Web',
    discipline: 'development',
    timezone: 'UTC',
    members: ['ana', 'bo'],
    managers: ['bo'],
  },
  'Person/ana': person('responder', [{ name: 'mail', channel: 'email', address: 'ana@example.com' }]),
  'Person/bo': person('manager', [
    { name: 'phone', channel: 'sms', address: '+4930999999' },
    { name: 'mail', channel: 'email', address: 'bo@example.com' },
  ]),
  'Person/root': person('admin', [{ name: 'mail', channel: 'email', address: 'root@example.com' }]),
};
const snapshot = {
  version: 1,
  live: NO_LIVE_DATA,
  get: (kind: string, name: string) =>
    documents[`${kind}/${name}`] === undefined
      ? undefined
      : { kind, name, revision: 1, spec: documents[`${kind}/${name}`] },
  list: (kind: string) =>
    Object.keys(documents).flatMap((key) =>
      key.startsWith(`${kind}/`) ? [snapshot.get(kind as 'Person', key.slice(kind.length + 1))] : [],
    ),
} as unknown as ConfigSnapshot;

describe('refused messages of known sources', () => {
  it('are told with source, team, number and reason for a day, in the red bar; unknown senders are not', () =>
    withDatabase(async (dataSource) => {
      const refuse = (source: string | null, message: string, age: string) =>
        dataSource.query(
          `INSERT INTO rejection (id, at, source, format, reason, errors, body_start)
           VALUES ($1, tocsin_now() - $2::interval, $3, 'generic', 'invalid body', $4, '')`,
          [randomUUID(), age, source, JSON.stringify([{ path: 'title', message }])],
        );
      const said = async () => {
        const messages = new ContactMessages(dataSource, [Buffer.alloc(32)]);
        await reportRefusedMessages(dataSource, { latest: () => Promise.resolve(snapshot) }, messages);
        return (await watchdogs(dataSource)).find(({ name }) => name === 'sources');
      };
      await refuse(null, 'a stranger', '1 minute');
      await refuse('gone', 'its document was deleted', '1 minute');
      await refuse('shop', 'too old to be told', '25 hours');
      expect(await said()).toMatchObject({ ok: true });
      // A resolve without a key.
      const quiet = JSON.stringify([{ path: 'dedupKey', message: 'is missing', pagesNobody: true }]);
      await dataSource.query(
        `INSERT INTO rejection (id, at, source, format, reason, errors, body_start)
         VALUES ($1, tocsin_now(), 'shop', 'generic', 'invalid body', $2, '')`,
        [randomUUID(), quiet],
      );
      expect(await said()).toMatchObject({ ok: true });
      await dataSource.query(
        `INSERT INTO rejection (id, at, source, format, reason, errors, body_start)
         VALUES ($1, tocsin_now() - interval '23 hours', 'gone', 'unknown', 'former key', '[{"path": "key", "message": "was deleted"}]', '')`,
        [randomUUID()],
      );
      expect(await said()).toMatchObject({
        ok: false,
        text: 'gone had 1 message refused in the last 24 h, which page nobody; the newest: was deleted',
      });
      await dataSource.query(`DELETE FROM rejection WHERE reason = 'former key'`);
      await dataSource.query('DELETE FROM contact_message');
      await refuse('shop', 'an older reason', '2 hours');
      await refuse('shop', 'is missing or blank', '1 hour');
      await refuse('bare', 'no owner', '3 hours');
      expect(await said()).toMatchObject({
        ok: false,
        text:
          'shop (team web) had 2 messages refused in the last 24 h, which page nobody; the newest: is missing or blank; ' +
          'bare had 1 message refused in the last 24 h, which page nobody; the newest: no owner',
      });
      await dataSource.query(`UPDATE rejection SET at = at - interval '1 day'`);
      expect(await said()).toMatchObject({ ok: true });
    }));

  it('are told to who owns the source, once a day and only while new ones come, by what wakes nobody', () =>
    withDatabase(async (dataSource) => {
      const messages = new ContactMessages(dataSource, [Buffer.alloc(32)]);
      const refuse = (source: string) =>
        dataSource.query(
          `INSERT INTO rejection (id, at, source, format, reason, errors, body_start)
           VALUES ($1, tocsin_now(), $2, 'generic', 'invalid body', '[{"message":"is missing"}]', '')`,
          [randomUUID(), source],
        );
      const told = async () => {
        // Two replicas report at the same moment.
        await Promise.all(
          [1, 2].map(() =>
            reportRefusedMessages(dataSource, { latest: () => Promise.resolve(snapshot) }, messages),
          ),
        );
        const rows: { told: string }[] = await dataSource.query(
          `SELECT person || ' by ' || channel || ' of ' || requested_by AS told FROM contact_message ORDER BY date_trunc('minute', created_at), 1`,
        );
        return rows.map((row) => row.told);
      };
      const later = (time: string) =>
        dataSource.query(
          `WITH m AS (UPDATE contact_message SET created_at = created_at - $1::interval)
           UPDATE rejection SET at = at - $1::interval`,
          [time],
        );
      await refuse('shop');
      await refuse('bare');
      const first = ['bo by email of source/shop', 'root by email of source/bare'];
      expect(await told()).toEqual(first);
      await refuse('shop');
      expect(await told()).toEqual(first);
      await later('23 hours');
      await refuse('shop');
      expect(await told()).toEqual(first);
      await later('2 hours');
      expect(await told()).toEqual([...first, 'bo by email of source/shop']);
      await later('2 days');
      expect(await told()).toHaveLength(3);
    }));
});

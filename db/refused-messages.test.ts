/** A sender whose messages are refused pages nobody: its owner has to hear of it. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { ConfigSnapshot } from '../domain/config/specs.js';
import { NO_LIVE_DATA } from '../domain/config/live-data.js';
import { withDatabase } from '../test/harness/database.js';
import { reportRefusedMessages } from './refused-messages.js';
import { watchdogs } from './watchdogs.js';

const documents: Record<string, unknown> = {
  'Source/shop': { format: 'generic', service: 'checkout' },
  'Source/bare': { format: 'generic' },
  'Service/checkout': { displayName: 'Checkout', team: 'web', tier: 1 },
};
const snapshot = {
  version: 1,
  live: NO_LIVE_DATA,
  get: (kind: string, name: string) =>
    documents[`${kind}/${name}`] === undefined
      ? undefined
      : { kind, name, revision: 1, spec: documents[`${kind}/${name}`] },
  list: () => [],
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
        await reportRefusedMessages(dataSource, { latest: () => Promise.resolve(snapshot) });
        return (await watchdogs(dataSource)).find(({ name }) => name === 'sources');
      };
      await refuse(null, 'a stranger', '1 minute');
      await refuse('gone', 'its document was deleted', '1 minute');
      await refuse('shop', 'too old to be told', '25 hours');
      expect(await said()).toMatchObject({ ok: true });
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
});

/** No working token is stored in the database: it is derived when it is sent or shown (ADR 3). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { organisation } from '../../api/testing/organisation.js';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';
import { createMailboxChannel } from '../../integrations/mailbox/send/mailbox.js';
import { sendContactMessage } from '../../dispatch/send-contact-message.js';
import { sendDelivery } from '../../dispatch/send-delivery.js';
import { linkToken, reachToken, signInToken } from '../../shared/keys.js';
import { KnownTokens, type TokenKind } from '../../db/access/known-tokens.js';
import { MailboxStore } from '../../db/delivery/mailbox-store.js';
import { storedRows } from '../harness/everything.js';
import { leaseFirstStep } from '../harness/page-first-step.js';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
  await api.call('POST', '/api/v1/config/apply', organisation);
  await api.call(
    'POST',
    '/api/v1/config/apply',
    `apiVersion: tocsin/v1
kind: Person
metadata: {name: bo}
spec: {displayName: Bo, email: bo@example.com, timezone: UTC, role: responder, contacts: [{name: box, channel: mailbox, address: bo}]}
`,
  );
});
afterAll(() => api.stop());

const KINDS: TokenKind[] = ['link', 'reach', 'setup', 'calendar', 'session'];

/** Words in the database that work as a token, by their location. */
async function working(): Promise<string[]> {
  const { dataSource, rootKeys } = api.store;
  const known = new KnownTokens(dataSource, rootKeys);
  const rows = await storedRows(dataSource);
  const words = new Map<string, string>();
  for (const { table, text } of rows)
    for (const [word] of text.matchAll(/[A-Za-z0-9_-]{16,128}/g)) words.set(word, table);
  const found = await Promise.all(
    [...words].flatMap(([word, table]) =>
      KINDS.map(async (kind) => ((await known.has(kind, word)) ? `${kind} in ${table}` : null)),
    ),
  );
  // Also inside longer words: searches for every token that can be derived.
  const keys: { key: string }[] = await dataSource.query(
    'SELECT key FROM delivery UNION SELECT key FROM contact_message',
  );
  const tokens = keys.flatMap(({ key }) =>
    rootKeys.flatMap((root) => [linkToken(root, key), reachToken(root, key), signInToken(root, key)]),
  );
  const inside = rows.flatMap(({ table, text }) =>
    tokens.filter((token) => text.includes(token)).map(() => `derived in ${table}`),
  );
  return [...found.filter((one) => one !== null), ...inside];
}

const mailbox = (): MailboxStore => new MailboxStore(api.store.dataSource, api.store.rootKeys);
const channels = () => new Map([['mailbox', createMailboxChannel(mailbox())]]);

describe('M10: a link token that works', () => {
  it('is found by this test where it stands', async () => {
    const feed = await api.call('POST', '/api/v1/calendar-feeds', { person: 'bo' });
    const token = /\/ical\/([^/.]+)/.exec(feed.text)?.[1] ?? '';
    const { dataSource } = api.store;
    await dataSource.query(
      `INSERT INTO rejection (id, at, source, format, reason, errors, body_start)
       VALUES (gen_random_uuid(), tocsin_now(), 'own', 'generic', 'x', '[]', $1)`,
      [`see https://tocsin.example/ical/${token}.ics`],
    );
    expect(await working()).toEqual(['calendar in rejection']);
    await dataSource.query('DELETE FROM rejection');
  });

  it('stands in no column after pages, bundled ones, test pages and sign-in links were sent; the mailbox shows it', async () => {
    const { store } = api;
    const declare = async (title: string): Promise<string> =>
      String(
        (await api.call('POST', '/api/v1/incidents', { title, service: 'checkout-db', priority: 'P1' })).json[
          'id'
        ],
      );
    for (const title of ['The first', 'The second']) {
      const leased = await leaseFirstStep(store, await declare(title));
      expect(leased).toHaveLength(1);
      for (const delivery of leased) {
        // As in a page about several incidents.
        const alsoPaged = [
          { number: 'INC-9', title: 'Carried', priority: 'P2' as const, link: delivery.link },
        ];
        const sender = { ledger: store.ledger, channels: channels(), publicUrl: 'https://tocsin.example' };
        expect(await sendDelivery(sender, { ...delivery, alsoPaged }, 5_000)).toBe('accepted');
      }
    }
    await api.call('POST', '/api/v1/people/bo/test-page', { contact: 'box' });
    for (const message of await store.contactMessages.take(10)) {
      const outcome = await sendContactMessage(channels(), 'https://tocsin.example', message, 5_000);
      expect(outcome.kind).toBe('accepted');
      await store.contactMessages.settle(message, outcome);
    }
    await api.call('POST', '/api/v1/sign-in-links', { person: 'bo' });
    await api.call('POST', '/api/v1/keys', { name: 'k', role: 'admin' });

    expect(await working()).toEqual([]);

    const shown = await mailbox().list('bo', 10, { links: true });
    expect(shown).toHaveLength(3);
    const known = new KnownTokens(store.dataSource, store.rootKeys);
    for (const { link, text } of shown) {
      const [, path = '', token = ''] = /\/(l|reach)\/([A-Za-z0-9_-]+)$/.exec(link) ?? [];
      expect(await known.has(path === 'l' ? 'link' : 'reach', token)).toBe(true);
      expect(text).toContain(link);
      expect(text).not.toMatch(/\{[0-9a-f]{64}\}/);
    }
  });

  it('of somebody else is not put where a sender wrote the place of one', async () => {
    const { dataSource } = api.store;
    const [delivery]: { key: string }[] = await dataSource.query('SELECT key FROM delivery LIMIT 1');
    const place = `https://tocsin.example/l/{${delivery?.key ?? ''}}`;
    await mailbox().put({
      idempotencyKey: 'forged',
      person: 'cleo',
      subject: place,
      text: place,
      link: 'https://tocsin.example/',
      message: { type: 'page.requested' } as never,
    });
    expect(await mailbox().list('cleo', 1, { links: true })).toMatchObject([{ subject: place, text: place }]);
  });
});

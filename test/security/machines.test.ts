/**
 * A machine is never a person (docs/security.md S18): an API key's actions are recorded as the key's, and some are
 * refused.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';
import { organisation } from '../../api/testing/organisation.js';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
  await api.call('POST', '/api/v1/config/apply', organisation);
});
afterAll(() => api.stop());

async function newKey(role: string, name = 'robot'): Promise<{ token: string; actor: string }> {
  const { json } = await api.call('POST', '/api/v1/keys', { name, role });
  return { token: String(json['key']), actor: `key:${String(json['id'])}` };
}

async function declare(): Promise<string> {
  const { json } = await api.call('POST', '/api/v1/incidents', { title: 'Slow' });
  return String(json['id']);
}

const items = async (path: string): Promise<Record<string, unknown>[]> =>
  (await api.call('GET', path)).json['items'] as Record<string, unknown>[];

describe('an API key, of whatever role, and the admin token', () => {
  it.each(['admin', 'stakeholder'] as const)('approve and review nothing (%s)', async (role) => {
    const incident = await declare();
    const run = '7b0e5b7e-5a0e-4a57-9d6b-0c3f5a0f6c11';
    for (const token of [(await newKey(role)).token, 'an-admin-token-0123456789abcdef01']) {
      for (const path of [
        `/api/v1/runs/${run}/steps/ok/approve`,
        `/api/v1/runs/${run}/steps/ok/reject`,
        `/api/v1/incidents/${incident}/postmortem/reviews`,
      ]) {
        const body = { person: 'ana', ...(path.endsWith('reviews') ? { decision: 'approve' } : {}) };
        expect([path, (await api.call('POST', path, body, { token })).json]).toEqual([
          path,
          expect.objectContaining({ status: 403, detail: expect.stringContaining("a person's own answer") }),
        ]);
      }
    }
  });

  it('is who did it, on behalf of whom, on the timeline and in the audit log', async () => {
    const { token, actor } = await newKey('responder');
    const incident = await declare();
    const say = (command: string, body: object) =>
      api.call('POST', `/api/v1/incidents/${incident}/${command}`, body, { token });
    expect((await say('acknowledge', { person: 'bo' })).json).toMatchObject({ acknowledgedBy: 'bo' });
    expect((await say('notes', { text: 'Looking.' })).status).toBe(200);
    expect((await say('resolve', { person: 'ana' })).status).toBe(200);

    const timeline = await items(`/api/v1/incidents/${incident}/timeline`);
    const mine = timeline.filter((item) => item['actor'] === actor);
    expect(mine.map(({ kind, onBehalfOf }) => [kind, onBehalfOf])).toEqual([
      ['acknowledged', 'bo'],
      ['noted', null],
      ['resolved', 'ana'],
    ]);
    expect(mine[2]?.['text']).toContain(`API key ${actor.slice(4)}, on behalf of ana, resolved`);
    const audit = await items(`/api/v1/audit?subject=incident/${incident}`);
    expect(
      audit.filter((one) => one['actor'] === actor).map(({ action, onBehalfOf }) => [action, onBehalfOf]),
    ).toEqual([
      ['incident.resolve', 'ana'],
      ['incident.note', null],
      ['incident.acknowledge', 'bo'],
    ]);
  });

  it('of an admin gets nobody’s link to sign in, and adds and proves no contact of theirs', async () => {
    const { token } = await newKey('admin');
    const contact = { name: 'mine', channel: 'email', address: 'mallory@example.com' };
    for (const [path, body] of [
      ['/api/v1/sign-in-links', { person: 'ana' }],
      ['/people/ana/sign-in-link', {}],
      ['/api/v1/people/ana/contacts', contact],
      ['/api/v1/people/ana/contacts/mail/send-code', undefined],
      ['/api/v1/people/ana/contacts/mail/verify', { code: '123456' }],
    ] as const)
      expect([path, (await api.call('POST', path, body, { token })).status]).toEqual([path, 403]);
    expect((await api.call('POST', '/api/v1/sign-in-links', { person: 'ana' })).status).toBe(201);
  });

  it('of an admin reads messages without the links that answer for their people', async () => {
    const key = 'ab'.repeat(32);
    const url = `https://tocsin.example.com/l/{${key}}`;
    await api.store.dataSource.query(
      `INSERT INTO mailbox_message (id, key, person, subject, body, link, message, at)
       VALUES (gen_random_uuid(), 'approval', 'ana', 'Approve?', $1, $2, $3, tocsin_now()),
              (gen_random_uuid(), 'before', 'ana', 'Old', 'https://tocsin.example.com/l/0123456789abcdef0123456789abcdef', '', '{}', tocsin_now())`,
      [`Answer: ${url}`, url, JSON.stringify({ type: 'approval.requested', links: [key] })],
    );
    const { token } = await newKey('admin');
    const links = async (path: string, as?: string) =>
      (await api.call('GET', path, undefined, as === undefined ? {} : { token: as })).text.match(
        /\/l\/[A-Za-z0-9_-]{16,}/g,
      );
    expect(await links('/api/v1/mailbox?person=ana')).toHaveLength(3);
    for (const path of ['/api/v1/mailbox?person=ana', '/api/v1/mailbox', '/mailbox', '/mailbox?person=ana'])
      expect([path, await links(path, token)]).toEqual([path, null]);
    expect((await api.call('GET', '/api/v1/mailbox', undefined, { token })).text).toContain('Approve?');
  });

  it('reads no mailbox without an admin’s role, by API and page alike', async () => {
    const { token } = await newKey('responder', 'reader');
    for (const path of ['/api/v1/mailbox', '/mailbox']) {
      expect([path, (await api.call('GET', `${path}?person=ana`, undefined, { token })).status]).toEqual([
        path,
        403,
      ]);
      const own = await api.call('GET', path, undefined, { token });
      expect([path, own.status, own.text.includes('Approve?')]).toEqual([path, 200, false]);
    }
  });

  it('of an admin reads unread messages first, then the newest', async () => {
    const { token } = await newKey('admin', 'orders');
    await api.store.dataSource.query(
      `INSERT INTO mailbox_message (id, key, person, subject, body, link, message, at, read_at)
       SELECT gen_random_uuid(), 'order-' || n, 'bo', n::text, '', '', '{}', tocsin_now() - n * interval '1 minute',
              CASE WHEN n IN (1, 3) THEN tocsin_now() END FROM generate_series(1, 4) n`,
    );
    const { json } = await api.call('GET', '/api/v1/mailbox?person=bo&limit=3', undefined, { token });
    expect(json['items']).toMatchObject([{ subject: '2' }, { subject: '4' }, { subject: '1' }]);
  });

  it('is told from another of the same name', async () => {
    const [one, other] = [await newKey('responder', 'twin'), await newKey('responder', 'twin')];
    const incident = await declare();
    for (const { token } of [one, other])
      await api.call('POST', `/api/v1/incidents/${incident}/notes`, { text: 'Hello.' }, { token });
    const actors = (await items(`/api/v1/incidents/${incident}/timeline`)).map(({ actor }) => actor);
    expect(actors).toEqual(['admin-token', one.actor, other.actor]);
  });

  it('of a responder gives nobody’s word about a shift', async () => {
    await api.call(
      'PUT',
      '/api/v1/config/Schedule/days',
      'apiVersion: tocsin/v1\nkind: Schedule\nmetadata: {name: days}\nspec: {team: checkout, timezone: UTC, layers: [{name: days, people: [ana, bo], rotation: {every: 1, unit: week, handover: "mon 09:00", start: "2026-01-05"}}]}\n',
    );
    const { token } = await newKey('responder');
    const path = '/api/v1/schedules/days/swaps';
    const body = { person: 'bo', shift: { from: '2099-01-01T00:00:00Z', to: '2099-01-02T00:00:00Z' } };
    expect((await api.call('POST', path, body, { token })).json).toMatchObject({
      status: 403,
      detail: expect.stringContaining('Cover is requested and accepted by people'),
    });
  });
});

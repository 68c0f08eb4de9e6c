/** Erasing a deleted person: their names and addresses occur nowhere any more. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cookieName } from '../../http/auth/cookies.js';
import { SetupService } from '../../services/access/setup.service.js';
import { organisation } from '../../api/testing/organisation.js';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';
import { markContactReached, markDead } from '../../db/people/contact-status.js';
import { pageFirstStep } from '../harness/page-first-step.js';
import { storedRows } from '../harness/everything.js';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
  await api.call('POST', '/api/v1/config/apply', organisation);
});
afterAll(() => api.stop());

const person = (name: string, displayName: string, role = 'responder'): string => `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec:
  displayName: ${displayName}
  email: ${name}.private@mail.example
  timezone: Asia/Kathmandu
  role: ${role}
  contacts:
    - {name: mail, channel: email, address: ${name}.private@mail.example}
    - {name: box, channel: mailbox, address: ${name}}
`;
const pagedBy = (name: string, steps: string): string => `---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: ${name}}
spec: {team: checkout, repeat: 0, steps: ${steps}}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: ${name}}
spec: {displayName: ${name}, team: checkout, tier: 1, policy: ${name}}
`;
const apply = async (...documents: string[]): Promise<void> => {
  const answer = await api.call('POST', '/api/v1/config/apply', documents.join(''));
  expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
};
const erase = (name: string) => api.call('POST', `/api/v1/people/${name}/erase`);
const remove = (name: string) => api.call('DELETE', `/api/v1/config/Person/${name}?force=true`);

const declare = async (service: string): Promise<{ id: string; number: string }> =>
  (await api.call('POST', '/api/v1/incidents', { title: 'The queue is full', service, priority: 'P1' }))
    .json as { id: string; number: string };

const holding = async (needles: string[]): Promise<string[]> =>
  (await storedRows(api.store.dataSource)).flatMap(({ table, text }) =>
    needles.filter((one) => text.includes(one)).map((one) => `${table}: ${one}`),
  );

/**
 * Eve has been paged, has answered, had a provider callback, is signed in, and has contacts, rules and a calendar of
 * her own.
 */
async function eveLeaves(name: string, displayName: string): Promise<string[]> {
  const { dataSource, contacts, preferences } = api.store;
  await apply(
    person(name, displayName),
    pagedBy(name, `[{notify: [{person: ${name}}, {person: bo}], wait: 1h}]`),
  );
  const own = {
    name: 'pocket',
    channel: 'ntfy' as const,
    address: `https://ntfy.example/${name}-topic`,
    secret: 'push-keys',
  };
  expect(await contacts.add(name, own, name)).toMatchObject({ kind: 'accepted' });
  // The address occurs in nearly every text.
  const topic = { name: 'topic', channel: 'ntfy' as const, address: 'e', secret: null };
  expect(await contacts.add(name, topic, name)).toMatchObject({ kind: 'accepted' });
  await preferences.setQuietHours(name, { from: '22:00', to: '06:00' }, name);
  await api.app
    .get(SetupService)
    .redeem(
      String((await api.call('POST', '/api/v1/sign-in-links', { person: name })).json['url']).split(
        '/setup/',
      )[1] ?? '',
      null,
      `Browser of ${name}`,
    );
  expect((await api.call('POST', '/api/v1/calendar-feeds', { person: name })).status).toBe(201);
  const incident = await declare(name);
  await pageFirstStep(api.store, incident.id);
  await dataSource.query(
    `INSERT INTO mailbox_message (id, key, person, subject, body, link, message, at)
     VALUES (gen_random_uuid(), $1, $1, 'for ' || $2, 'Dear ' || $2, '/', '{}', tocsin_now())`,
    [name, displayName],
  );
  await dataSource.query(
    `INSERT INTO inbound_reply (id, at, channel, message_id, sender, person, body, outcome)
     VALUES (gen_random_uuid(), tocsin_now(), 'email', $1, $2, $1, 'ack, yours ' || $3, 'done'),
            (gen_random_uuid(), tocsin_now(), 'email', $1 || '-before', $2, NULL, 'who are you', 'unknown_sender')`,
    [name, `${name}.private@mail.example`, displayName],
  );
  await dataSource.query(
    `INSERT INTO provider_callback (id, received_at, provider, delivery_id, outcome, reason, body_start)
     SELECT gen_random_uuid(), tocsin_now(), 'email', d.id, 'refused', 'x', d.address FROM delivery d WHERE d.person = $1
     UNION ALL SELECT gen_random_uuid(), tocsin_now(), 'email', NULL, 'refused', 'x', $2
     UNION ALL SELECT gen_random_uuid(), tocsin_now(), 'email', NULL, 'refused', 'x', $3
     UNION ALL SELECT gen_random_uuid(), tocsin_now(), 'email', NULL, 'refused', $4, 'e of others: here'`,
    [
      name,
      `{"to":"${name}.private@mail.example"}`,
      `To=${name}.private%40mail.example&n=1`,
      `of others, beside ${name}`,
    ],
  );
  await api.call('POST', `/api/v1/incidents/${incident.number}/acknowledge`, { person: 'bo' });
  await api.call('POST', `/api/v1/incidents/${incident.number}/resolve`, {});
  await api.call('POST', `/api/v1/incidents/${incident.number}/postmortem/waive`, {
    reason: 'a drill of this test',
  });
  await apply(pagedBy(name, '[{notify: [{person: bo}], wait: 1h}]'));
  expect((await remove(name)).status).toBe(204);
  return [
    displayName,
    `${name}.private@mail.example`,
    `${name}.private%40mail.example`,
    `${name}-topic`,
    `Browser of ${name}`,
    'Asia/Kathmandu',
  ];
}

describe('L11: erasing a person', () => {
  it('leaves no name, address, message or credential of theirs in any column, and is in the audit log', async () => {
    const needles = await eveLeaves('eve', 'Eve Marlowe');
    expect(await holding(needles)).toEqual(expect.arrayContaining(['delivery: eve.private@mail.example']));

    const answer = await erase('eve');
    expect(answer).toMatchObject({ status: 200, json: { name: 'eve' } });
    const shownAs = String(answer.json['displayName']);
    expect(shownAs).toMatch(/^erased person [0-9a-f]{4}$/);
    // A provider that got its message before, and reports the dead address only now.
    const late = { person: 'eve', contact: 'mail', address: 'eve.private@mail.example' };
    await api.store.dataSource.transaction((tx) => markDead(tx, late, '5.1.1'));
    await api.store.dataSource.transaction((tx) => markContactReached(tx, late));
    expect(await holding(needles)).toEqual([]);

    expect(
      await api.store.dataSource.query(
        `SELECT 1 FROM provider_callback WHERE reason = 'of others, beside eve' AND body_start IS NOT NULL`,
      ),
    ).toHaveLength(1);
    const left: Record<string, number>[] = await api.store.dataSource.query(
      [
        'session',
        'setup_link',
        'link_token',
        'calendar_feed',
        'contact',
        'contact_message',
        'person_preference',
        'mailbox_message',
      ]
        .map((table) => `SELECT count(*)::int AS n FROM ${table} WHERE person = 'eve'`)
        .join(' UNION ALL '),
    );
    expect(left.map(({ n }) => n)).toEqual(Array(8).fill(0));
    const audit: unknown[] = await api.store.dataSource.query(
      `SELECT actor, data FROM audit_entry WHERE action = 'person.erase' AND subject = 'person/eve'`,
    );
    expect(audit).toEqual([{ actor: 'admin-token', data: { shownAs } }]);
  });

  it('the record stays whole and shows a pseudonym; done again it changes nothing', async () => {
    await eveLeaves('fay', 'Fay Underhill');
    const shownAs = String((await erase('fay')).json['displayName']);
    expect((await erase('fay')).json).toEqual({ name: 'fay', displayName: shownAs });
    const rows: { number: string }[] = await api.store.dataSource.query(
      `SELECT DISTINCT i.state->>'number' AS number FROM incident i JOIN delivery d ON d.incident_id = i.id WHERE d.person = 'fay'`,
    );
    const timeline = await api.call('GET', `/api/v1/incidents/${rows[0]?.number ?? ''}/timeline`);
    expect(timeline.text).toContain(shownAs);
    expect(timeline.text).not.toContain('Underhill');
  });

  it('gives the short name to nobody again', async () => {
    await apply(person('gus', 'Gus'));
    await remove('gus');
    expect((await erase('gus')).status).toBe(200);
    const again = await api.call('POST', '/api/v1/config/apply', person('gus', 'Another Gus'));
    expect([again.status, again.json['detail']]).toEqual([
      422,
      expect.stringContaining('the short name of a person who was erased'),
    ]);
  });

  it.each([
    ['is not deleted', 'hal', [], 'is in the configuration: delete Person hal first'],
    [
      'is on call',
      'ida',
      [
        `---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: nights}
spec: {team: checkout, timezone: UTC, layers: [{name: all, people: [ida], rotation: {every: 1, unit: week, start: '2026-01-05'}}]}
`,
      ],
      'is on call in nights now',
    ],
    [
      'is the only target of a step',
      'jon',
      [pagedBy('jons', '[{notify: [{person: bo}], wait: 5m}, {notify: [{person: jon}], wait: 5m}]')],
      'is the only target of step 2 of the policy jons',
    ],
  ])('is refused while the person %s, and says where', async (_, name, documents, why) => {
    await apply(person(name, name.toUpperCase()), ...documents);
    const refused = await erase(name);
    expect([refused.status, refused.json['code'], refused.json['detail']]).toEqual([
      409,
      'in_use',
      expect.stringContaining(why),
    ]);
    expect(await holding([`${name}.private@mail.example`])).not.toEqual([]);
  });

  it('is refused while an open incident is theirs, and names it', async () => {
    await apply(person('kim', 'Kim'));
    const incident = await declare('checkout-db');
    await api.call('POST', `/api/v1/incidents/${incident.number}/acknowledge`, { person: 'kim' });
    expect((await erase('kim')).json['detail']).toContain(`has ${incident.number}, which is open`);
  });

  it('is for admins; nobody and who was never here cannot be erased', async () => {
    expect((await erase('nobody-of-this-name')).status).toBe(404);
    const { key } = (await api.call('POST', '/api/v1/keys', { name: 'm', role: 'manager' })).json;
    const asManager = await api.call('POST', '/api/v1/people/kim/erase', undefined, { token: String(key) });
    expect(asManager.status).toBe(403);
  });

  it('by the page: what goes and what stays is said, and the form does it', async () => {
    await apply(person('lee', 'Lee Quill'));
    await remove('lee');
    const setup = api.app.get(SetupService);
    const link = String((await api.call('POST', '/api/v1/sign-in-links', { person: 'ana' })).json['url']);
    const { session } = await setup.redeem(link.split('/setup/')[1] ?? '', null);
    const headers = { cookie: `${cookieName({ publicUrl: api.url })}=${session}`, origin: api.url };
    const get = async (path: string) => (await fetch(`${api.url}${path}`, { headers })).text();
    expect(await get('/people')).toContain('href="/people/lee/erase"');
    const page = await get('/people/lee/erase');
    expect(page).toContain('What is deleted permanently');
    expect(page).toContain('What is kept');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const post = (body: Record<string, string>) =>
      fetch(`${api.url}/people/lee/erase`, {
        method: 'POST',
        redirect: 'manual',
        headers,
        body: new URLSearchParams(body),
      });
    expect((await post({ csrf: 'forged' })).status).toBe(403);
    expect(await holding(['Lee Quill'])).not.toEqual([]);
    expect((await post({ csrf })).status).toBe(303);
    expect(await holding(['Lee Quill'])).toEqual([]);
    expect(await get('/people')).toContain('erased person');
    // For a person who still exists the page lists the obstacles, and has no button.
    const refused = await get('/people/bo/erase');
    expect(refused).toContain('cannot be erased now');
    expect(refused).not.toContain('for good</button>');
  });

  it('by the command line: npm run erase-person', async () => {
    await apply(person('mia', 'Mia Thorne'));
    const [row]: { url: string }[] = await api.store.dataSource.query(`SELECT current_database() AS url`);
    const url = new URL(process.env['TOCSIN_TEST_POSTGRES'] ?? '');
    url.pathname = `/${row?.url ?? ''}`;
    const run = (...args: string[]) =>
      spawnSync(
        process.execPath,
        [join(import.meta.dirname, '../../dist/worker/erase-person/main.js'), ...args],
        {
          encoding: 'utf8',
          env: {
            PATH: process.env['PATH'],
            DATABASE_URL: url.href,
            TOCSIN_SECRET_KEY: '0123456789abcdef0123456789abcdef',
          },
        },
      );
    expect(run('mia', '--yes')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('delete Person mia'),
    });
    await remove('mia');
    expect(run('mia')).toMatchObject({ status: 2, stderr: expect.stringContaining('--yes is missing') });
    expect(run('--yes')).toMatchObject({ status: 2, stderr: expect.stringContaining('short name') });
    expect(run('mia', '--yes')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/shown as "erased person/),
    });
    expect(await holding(['Mia Thorne'])).toEqual([]);
  });
});

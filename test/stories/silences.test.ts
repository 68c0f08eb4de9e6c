/** Silences over HTTP, with phones, on a running Tocsin. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { ownService, ownSource, ownTeam } from '../harness/own-service.js';
import { openSql, type Sql } from '../harness/sql.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
let sql: Sql;

beforeAll(async () => {
  stack = await startTestStack();
  sql = openSql(stack.tocsin.databaseUrl);
  await stack.apply(ownTeam('trust', 'security', ['bo'], '[{notify: [{person: bo}], wait: 1h}]'));
}, 90_000);
afterAll(async () => {
  await sql.close();
  await stack.end();
});

const anaOnly = '[{notify: [{person: ana}], wait: 1h}]';
const inHours = (n: number): string => new Date(Date.now() + n * 3_600_000).toISOString();

interface Asked extends Record<string, unknown> {
  status: number;
}

const ask = async (method: string, path: string, body?: object, as?: string): Promise<Asked> => {
  const { status, json } = await stack.tocsin.call(method, path, body, as === undefined ? {} : { as });
  return { ...(json as Record<string, unknown>), status };
};

const watched = async (name: string) => {
  const key = randomBytes(16).toString('hex');
  await stack.apply(ownService(name, anaOnly), ownSource(name, key));
  return async (dedupKey: string, fields: object = {}) => {
    const body = { title: `Trouble ${dedupKey} on ${name}`, severity: 'critical', dedupKey, ...fields };
    const { status } = await stack.tocsin.call('POST', `/in/${key}`, body, { token: null });
    expect(status).toBeLessThan(300);
  };
};
const alertsOf = async (name: string): Promise<{ id: string; incident: string | null; title: string }[]> => {
  const { items } = (await ask('GET', '/api/v1/alerts?status=open&limit=200')) as unknown as {
    items: { id: string; source: string; incident: string | null; title: string }[];
  };
  return items.filter(({ source }) => source === name);
};
const ofService = (service: string) => [{ field: 'service', op: '=', value: service }];

it('mutes what matches, says why, and its end pages what still fires as one group', async () => {
  const say = await watched('moving');
  const made = await ask('POST', '/api/v1/silences', {
    matchers: ['service = moving'],
    until: inHours(2),
    reason: 'the move',
  });
  expect(made).toMatchObject({ status: 201, state: 'in_force', text: 'service = moving', matched: 0 });
  expect(made['notes']).toEqual([expect.stringContaining('matches no alert of the last week')]);
  for (const key of ['one', 'two', 'three']) await say(key);
  await say('two', { action: 'resolve' });
  const held = await alertsOf('moving');
  expect(held.map(({ incident }) => incident)).toEqual([null, null]);
  const { reasons } = (await ask('GET', `/api/v1/alerts/${held[0]?.id ?? ''}/why`)) as unknown as {
    reasons: { stage: string; text: string }[];
  };
  expect(reasons.find(({ stage }) => stage === 'silence')?.text).toContain('(the move): service = moving');
  expect(await ask('GET', `/api/v1/silences/${String(made['id'])}`)).toMatchObject({ held: 2 });

  expect(await ask('DELETE', `/api/v1/silences/${String(made['id'])}`)).toMatchObject({
    status: 200,
    state: 'over',
  });
  const released = await eventually(
    async () => {
      const now = await alertsOf('moving');
      return now.every(({ incident }) => incident !== null) ? now : undefined;
    },
    { what: 'the alerts in an incident' },
  );
  const incidents = new Set(released.map(({ incident }) => incident));
  expect(incidents.size).toBe(1);
  const { number } = await stack.incident([...incidents][0] ?? '');
  await stack.phones.of('ana').expects({ type: 'page.requested', incident: number, step: 1, cycle: 0 });
  expect((await stack.deliveries(number)).filter(({ person }) => person === 'ana')).toHaveLength(1);
  expect(await ask('GET', `/api/v1/silences/${String(made['id'])}`)).toMatchObject({
    status: 200,
    state: 'over',
    endedBy: 'admin-token',
  });
  const { items } = (await ask('GET', '/api/v1/audit?limit=200')) as unknown as {
    items: { action: string; subject: string }[];
  };
  const actions = items
    .filter(({ subject }) => subject === `silence/${String(made['id'])}`)
    .map(({ action }) => action);
  expect(actions.toSorted()).toEqual(['silence.create', 'silence.end']);
});

it('shows what it would have muted in the last week, and changes nothing', async () => {
  const say = await watched('shown');
  await say('a');
  await stack.titled('Trouble a on shown');
  const preview = await ask('POST', '/api/v1/silences/preview', { matchers: ofService('shown') });
  expect(preview).toMatchObject({
    status: 200,
    matched: 1,
    firing: 1,
    alerts: [{ title: 'Trouble a on shown' }],
  });
  expect(await ask('POST', '/api/v1/silences/preview', { matchers: ofService('shwn') })).toMatchObject({
    matched: 0,
  });
});

describe('is refused', () => {
  const refused = (body: object, as?: string) =>
    ask('POST', '/api/v1/silences', { until: inHours(1), reason: 'test', ...body }, as);

  it.each([
    ['without a matcher', { matchers: [] }, 'matches_everything|Every|narrow'],
    ['with one that takes everything', { matchers: ['title =~ .*'] }, 'narrow'],
    ['for good', { matchers: ofService('x'), until: '2099-01-01T00:00:00Z' }, '30 days'],
    ['of everything for a week', { matchers: [], everything: true, until: inHours(170) }, '24 hours'],
    ['without an end', { matchers: ofService('x'), until: undefined }, 'until'],
    ['without a reason', { matchers: ofService('x'), reason: '' }, 'reason'],
    ['with an unknown field', { matchers: ['team = x'] }, 'labels.<name>'],
    ['with a pattern that is wrong', { matchers: ['title =~ (a'] }, 'not closed'],
    ['with a back reference', { matchers: ['title =~ (a)\\1'] }, 'linear-time'],
    ['with a line that is no matcher', { matchers: ['service shop'] }, 'is no matcher'],
    ['with patterns that cost too much', { matchers: ['title =~ (a{400}){4}'] }, '1000'],
  ])('%s', async (_what, body, says) => {
    const answer = await refused(body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer)).toMatch(new RegExp(says));
  });

  it('of another team by a responder, and at all by a stakeholder', async () => {
    await watched('ours');
    expect(await refused({ matchers: ofService('ours') }, 'bo')).toMatchObject({ status: 201 });
    await stack.apply(ownTeam('lonely', 'support', ['cleo'], '[{notify: [{person: cleo}], wait: 1h}]'));
    const mine = await refused({ matchers: ['labels.env = staging'] }, 'bo');
    expect(mine).toMatchObject({ status: 201, owner: 'bo' });
    expect(mine['teams']).not.toContain('lonely');
    expect(await refused({ matchers: ofService('ours') }, 'dana')).toMatchObject({ status: 403 });
  });
});

it('"silence what fires here": until it clears, from the page of the incident', async () => {
  const say = await watched('known');
  await say('a');
  const { number } = await stack.titled('Trouble a on known');
  await stack.phones.of('ana').expects({ type: 'page.requested', incident: number, step: 1, cycle: 0 });
  const form = await stack.tocsin.call(
    'POST',
    `/silences/incidents/${number}`,
    new URLSearchParams({ lasts: 'clear', reason: '' }).toString(),
    { headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  );
  expect(form.status).toBe(303);
  const ofIncident = async () =>
    (await ask('GET', `/api/v1/silences?incident=${number}`))['items'] as {
      id: string;
      untilClear: boolean;
    }[];
  expect(await ofIncident()).toMatchObject([
    { untilClear: true, incident: number, reason: `known, see ${number}` },
  ]);
  const page = await stack.tocsin.call('GET', `/incidents/${number}`);
  expect(page.text).toContain('until its alerts clear');
  await stack.tell(number, 'resolve', { person: 'ana' });
  await say('a');
  expect((await stack.incident(number)).status).toBe('resolved');
  expect(await alertsOf('known')).toMatchObject([{ incident: null }]);
  await say('a', { action: 'resolve' });
  await sql(`UPDATE alert SET closed_at = closed_at - interval '6 minutes' WHERE source = 'known'`);
  await sql(`UPDATE dropped_signal SET at = at - interval '6 minutes' WHERE source = 'known'`);
  await eventually(async () => ((await ofIncident()).length === 0 ? true : undefined), {
    what: 'the end of the silence',
  });
});

describe('maintenance', () => {
  it('by a rule in a zone says its times; one that never ends wants a date of review', async () => {
    await watched('disks');
    const body = {
      services: ['disks'],
      rrule: 'FREQ=WEEKLY;BYDAY=SU;BYHOUR=2',
      duration: '2h',
      timezone: 'Europe/Berlin',
      reason: 'patches',
    };
    expect(await ask('POST', '/api/v1/maintenance', body)).toMatchObject({
      status: 400,
      errors: [{ path: 'reviewBy' }],
    });
    const made = await ask('POST', '/api/v1/maintenance', { ...body, reviewBy: inHours(24 * 30) });
    expect(made).toMatchObject({ status: 201, state: 'coming', services: ['disks'] });
    expect((made['spans'] as unknown[]).length).toBeGreaterThanOrEqual(4);
    expect(await ask('DELETE', `/api/v1/maintenance/${String(made['id'])}`)).toMatchObject({
      status: 200,
      state: 'over',
    });
  });

  it('mutes the service while it lasts, and is shown on its incident, on call and on its page', async () => {
    const say = await watched('racks');
    await say('before');
    const { number } = await stack.titled('Trouble before on racks');
    const made = await ask('POST', '/api/v1/maintenance', {
      services: ['racks'],
      from: inHours(-1),
      to: inHours(1),
      reason: 'new racks',
    });
    expect(made).toMatchObject({ status: 201, state: 'in_force' });
    await say('during');
    expect((await alertsOf('racks')).find(({ title }) => title.includes('during'))?.incident).toBeNull();
    for (const path of [`/incidents/${number}`, '/on-call', '/maintenance'])
      expect((await stack.tocsin.call('GET', path)).text).toContain('new racks');
    expect((await ask('GET', '/api/v1/maintenance?service=racks'))['items']).toMatchObject([{ held: 1 }]);
    await ask('DELETE', `/api/v1/maintenance/${String(made['id'])}`);
    await eventually(
      async () => ((await alertsOf('racks')).every(({ incident }) => incident !== null) ? true : undefined),
      { what: 'the alert in an incident' },
    );
  });
});

it('begins, from an incident of a digest, with what the alerts of that incident share', async () => {
  const say = await watched('noisy');
  await say('again', { title: 'Probe "edge" failed' });
  const { number } = await stack.titled('Probe "edge" failed');
  const page = async (like: string) =>
    (await stack.tocsin.call('GET', `/silences?like=${like}`, undefined, { as: 'ana' })).text;
  const begun = await page(number);
  expect(begun).toContain(`Quieter than ${number}`);
  expect(begun).toContain('title = &quot;Probe &quot;edge&quot; failed&quot;');
  expect(begun).toContain(`value="noise, see ${number}"`);
  expect(await page('INC-999999')).not.toContain('Quieter than');
});

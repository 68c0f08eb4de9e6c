/**
 * Removing a person or document that open incidents depend on: warned about beforehand, and afterwards no incident
 * waits for it.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { person } from '../harness/fixtures.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
}, 90_000);
afterAll(() => stack.end());

const Warned = z.looseObject({
  warnings: z.array(z.looseObject({ kind: z.string(), name: z.string(), message: z.string() })),
});
const Feed = z.looseObject({ url: z.string() });
const Refused = z.looseObject({ code: z.string(), detail: z.string() });

const call = (method: string, path: string, body?: unknown) =>
  stack.tocsin.call(method, `/api/v1/${path}`, body);

const warningsFor = async (documents: string, query = '') => {
  const { status, json } = await call('POST', `config/plan${query}`, documents);
  expect(status).toBe(200);
  return Warned.parse(json).warnings;
};

const demoted = (name: string): string => person(name, 'stakeholder', stack.phones.of(name).url);

/** A service with a policy of these steps; `people` are created as responders. */
async function serviceOf(name: string, people: string[], steps: string): Promise<void> {
  await stack.apply(
    ...people.map((one) => person(one, 'responder', stack.phones.of(one).url)),
    `---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: ${name}}
spec: {team: checkout, repeat: 0, steps: ${steps}}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: ${name}}
spec: {displayName: ${name}, team: checkout, tier: 1, group: {by: none}, policy: ${name}, plan: default}
`,
  );
}

const page = (who: string, number: string, step: number) =>
  stack.phones.of(who).expects({ type: 'page.requested', incident: number, step });

describe('a person', () => {
  it('who has an incident: plan and DELETE name it; deleted all the same it is given back and pages', async () => {
    await serviceOf('hers', [], '[{notify: [{person: bo}], wait: 1h}]');
    await stack.apply(person('gia', 'responder', stack.phones.of('gia').url));
    const { number } = await stack.declare({ title: 'Gia has it', service: 'hers' });
    await page('bo', number, 1);
    await stack.tell(number, 'acknowledge', { person: 'gia' });

    const warned = await warningsFor(demoted('gia'));
    expect(warned).toMatchObject([
      { kind: 'Person', name: 'gia', path: 'spec.role', message: expect.stringContaining(`has ${number}`) },
    ]);
    const refused = await call('DELETE', 'config/Person/gia');
    expect(refused.status).toBe(409);
    expect(Refused.parse(refused.json)).toMatchObject({
      code: 'in_use',
      detail: expect.stringContaining(number),
    });
    expect((await call('GET', 'config/Person/gia')).status).toBe(200);

    expect((await call('DELETE', 'config/Person/gia?force=true')).status).toBe(204);
    await stack.phones.of('bo').expects({ type: 'page.requested', incident: number, cycle: 1 });
    const incident = await stack.incident(number);
    expect(incident).toMatchObject({ status: 'triggered', commander: null });
    const left = await stack.untilKind(number, 'responder_left');
    expect(left).toMatchObject({ actor: 'tocsin', data: { person: 'gia', reason: 'was deleted' } });
  });

  it('who is the only one of the current step, demoted: the next step at once', async () => {
    await serviceOf(
      'alone',
      ['hal'],
      '[{notify: [{person: hal}], wait: 1h}, {notify: [{person: cleo}], wait: 1h}]',
    );
    const { number } = await stack.declare({ title: 'Only hal', service: 'alone' });
    await page('hal', number, 1);
    expect(await warningsFor(demoted('hal'))).toMatchObject([
      { name: 'hal', message: expect.stringContaining(`is the only person paged for ${number} now`) },
    ]);
    await stack.apply(demoted('hal'));
    await page('cleo', number, 2);
    expect(await stack.untilKind(number, 'responder_left')).toMatchObject({ data: { person: 'hal' } });
  });

  it('who stands in: the plan says when; deleted all the same the layer beneath has it', async () => {
    await stack.apply(person('ida', 'responder', stack.phones.of('ida').url));
    const hour = 3_600_000;
    const [from, to] = [Date.now(), Date.now() + 8 * hour].map((at) => new Date(at).toISOString());
    const made = await call('POST', 'schedules/checkout-primary/overrides', { person: 'ida', from, to });
    expect(made.status).toBe(201);
    const { number } = await stack.declare({ title: 'Ida stands in' });
    await page('ida', number, 1);

    const refused = Refused.parse((await call('DELETE', 'config/Person/ida')).json);
    expect(refused.detail).toContain('stands in in checkout-primary now, until');
    expect(refused.detail).toContain(number);
    expect((await call('DELETE', 'config/Person/ida?force=true')).status).toBe(204);
    await page('bo', number, 2);
    const after = await stack.declare({ title: 'After ida' });
    await page('ana', after.number, 1);
    const { json } = await call('GET', 'schedules/checkout-primary/overrides');
    expect(json).toMatchObject({ items: [] });
  });

  it('who is on call by a layer: the plan names the shifts', async () => {
    const warning = (await warningsFor(demoted('ana'))).find(({ kind }) => kind === 'Person');
    expect(warning).toMatchObject({ name: 'ana' });
    expect(warning?.message).toMatch(
      /is on call in checkout-primary now, until .*Z, and \d+ more within 14 days/,
    );
  });
});

describe('somebody who gets the short name of a person who was deleted', () => {
  it('inherits no contact, quiet hours, calendar link, page link or API key (grafana-cold-storage/oncall#4343)', async () => {
    await serviceOf('named-again', ['rex'], '[{notify: [{person: rex}], wait: 1h}]');
    const { number } = await stack.declare({ title: 'Rex was asked', service: 'named-again' });
    const asked = await page('rex', number, 1);
    const rex = { as: 'rex' };
    const { url } = Feed.parse(
      (await stack.tocsin.call('POST', '/api/v1/calendar-feeds', { person: 'rex' }, rex)).json,
    );
    await stack.tocsin.sql(
      `INSERT INTO contact (id, person, name, channel, address, created_by, created_at, verified_at)
       VALUES (gen_random_uuid(), 'rex', 'own', 'webhook', 'https://rex.example.com/', 'rex', now(), now())`,
    );
    await stack.tocsin.sql(
      `INSERT INTO person_preference (person, quiet_hours, updated_by, updated_at)
       VALUES ('rex', '{"from": "22:00", "to": "07:00"}', 'rex', now())`,
    );
    await stack.tocsin.sql(
      `INSERT INTO api_key (id, name, hash, role, created_by, created_at) VALUES ('rexkey', 'ci', 'x', 'admin', 'rex', now())`,
    );
    expect((await fetch(url)).status).toBe(200);

    await serviceOf('named-again', [], '[{notify: [{person: bo}], wait: 1h}]');
    expect((await call('DELETE', 'config/Person/rex?force=true')).status).toBe(204);
    await stack.apply(person('rex', 'responder', stack.phones.of('rex').url));

    expect((await fetch(url)).status).toBe(404);
    expect((await asked.open()).text).toContain('This link was revoked');
    expect(
      await stack.tocsin
        .sql(`SELECT (SELECT count(*)::int FROM contact WHERE person = 'rex' AND removed_at IS NULL) AS contacts,
        (SELECT count(*)::int FROM person_preference WHERE person = 'rex') AS preferences,
        (SELECT count(*)::int FROM api_key WHERE created_by = 'rex' AND revoked_at IS NULL) AS keys`),
    ).toEqual([{ contacts: 0, preferences: 0, keys: 0 }]);
  });
});

describe('a person who is on call and demoted', () => {
  it('is not asked: the next step at once', async () => {
    await serviceOf(
      'on-call',
      [],
      '[{notify: [{schedule: checkout-primary}], wait: 1h}, {notify: [{person: cleo}], wait: 1h}]',
    );
    await stack.apply(demoted('ana'));
    const { number } = await stack.declare({ title: 'Ana is a stakeholder now', service: 'on-call' });
    await page('cleo', number, 2);
    const skipped = await stack.untilKind(number, 'step_skipped');
    expect(skipped.text).toContain('person Ana (schedule checkout-primary (now)) has the role stakeholder');
    expect(stack.phones.of('ana').received({ incident: number })).toEqual([]);
    await stack.apply(person('ana', 'responder', stack.phones.of('ana').url));
  });
});

describe('a policy, schedule, service or plan that open incidents use', () => {
  it('is named in the plan, also with prune, and is not deleted by a DELETE', async () => {
    await serviceOf('used', [], '[{notify: [{schedule: checkout-primary}], wait: 1h}]');
    const { number } = await stack.declare({ title: 'In use', service: 'used' });
    const only = person('root', 'admin', stack.phones.of('root').url);
    const pruned = await warningsFor(only, '?prune=true');
    const named = (kind: string, name: string) =>
      pruned.filter((one) => one.kind === kind && one.name === name).map(({ message }) => message);
    for (const [kind, name] of [
      ['EscalationPolicy', 'used'],
      ['Service', 'used'],
      ['Schedule', 'checkout-primary'],
      ['ResponsePlan', 'default'],
      ['Organisation', 'default'],
    ] as const)
      expect([kind, named(kind, name).join()]).toEqual([kind, expect.stringContaining(number)]);

    const edited = `apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: used}
spec: {team: checkout, repeat: 1, steps: [{notify: [{person: bo}], wait: 1h}]}
`;
    expect(await warningsFor(edited)).toMatchObject([
      {
        kind: 'EscalationPolicy',
        message: expect.stringContaining(`${number} is escalated by the earlier version of this policy`),
      },
    ]);
    const refused = await call('DELETE', 'config/Service/used');
    expect([refused.status, Refused.parse(refused.json).code]).toEqual([409, 'in_use']);
    await stack.tell(number, 'resolve', { person: 'cleo' });
    expect((await call('DELETE', 'config/Service/used')).status).toBe(204);
  });
});

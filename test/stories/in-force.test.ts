/** Effect of documents in force: access, on-call, and the frozen response of an incident. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { OnCallReply, ShiftsReply } from '../../contracts/api/oncall.js';
import { SimulateReply } from '../../contracts/api/policy.js';
import { person } from '../harness/fixtures.js';
import { signIn } from '../harness/session.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
}, 90_000);
afterAll(() => stack.end());

const call = (method: string, path: string, body?: unknown) =>
  stack.tocsin.call(method, `/api/v1/${path}`, body);
const head = (kind: string, name: string) =>
  `apiVersion: tocsin/v1\nkind: ${kind}\nmetadata: {name: ${name}}\n`;

describe('a person who leaves', () => {
  it('is signed out, cannot sign in again, and nobody acts for them', async () => {
    await stack.apply(person('eve', 'admin', stack.phones.of('eve').url));
    const cookie = await signIn(stack.tocsin, 'eve');
    const me = () => stack.tocsin.call('GET', '/api/v1/me', undefined, { token: null, headers: { cookie } });
    expect((await me()).json).toMatchObject({ person: 'eve', role: 'admin' });
    const { url } = await stack.tocsin.ask(
      z.looseObject({ url: z.string() }),
      'POST',
      '/api/v1/sign-in-links',
      { person: 'eve' },
    );
    expect((await call('DELETE', 'config/Person/eve')).status).toBe(204);
    expect((await me()).status).toBe(401);
    const late = await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams() });
    expect([late.status, late.headers.get('set-cookie')]).toEqual([410, null]);
    expect((await call('POST', 'sign-in-links', { person: 'eve' })).status).toBe(404);
    const { number } = await stack.declare({ title: 'Without eve' });
    expect((await call('POST', `incidents/${number}/acknowledge`, { person: 'eve' })).status).toBe(400);
  });
});

describe('questions about on-call time', () => {
  const minutes = (iso: string, at: string) => (Date.parse(iso) - Date.parse(at)) / 60_000;

  it('a policy is walked through, and nothing is opened', async () => {
    const at = '2026-11-23T12:00:00Z';
    const incidents = () => stack.tocsin.sql('SELECT id FROM incident');
    const before = await incidents();
    const ask = (body: object) =>
      stack.tocsin.ask(SimulateReply, 'POST', '/api/v1/policies/checkout/simulate', {
        at,
        priority: 'P1',
        ...body,
      });
    const silent = await ask({ service: 'checkout-db' });
    expect(silent).toMatchObject({ acknowledged: null, exhausted: true });
    expect(
      silent.pages.map((page) => [
        minutes(page.at, at),
        page.cycle,
        page.step,
        page.person,
        page.contact,
        page.channel,
      ]),
    ).toEqual([
      [0, 0, 1, 'ana', 'hook', 'webhook'],
      [10, 0, 2, 'bo', 'hook', 'webhook'],
      [20, 1, 1, 'ana', 'hook', 'webhook'],
      [30, 1, 2, 'bo', 'hook', 'webhook'],
      [40, expect.any(Number), expect.any(Number), 'root', 'hook', 'webhook'],
    ]);
    const answered = await ask({ answers: [{ person: 'bo', after: '2m' }] });
    expect(answered).toMatchObject({
      acknowledged: { by: 'bo', at: '2026-11-23T12:12:00.000Z' },
      exhausted: false,
    });
    expect(answered.pages.map((page) => page.person)).toEqual(['ana', 'bo']);
    expect((await call('POST', 'policies/nothing/simulate', { at, priority: 'P1' })).status).toBe(404);
    expect(
      (await call('POST', 'policies/checkout/simulate', { at, priority: 'P1', service: 'nothing' })).status,
    ).toBe(400);
    expect(await incidents()).toEqual(before);
  });

  it('shifts and gaps cover the range without overlap, through a change of the clocks', async () => {
    await stack.apply(`${head('Schedule', 'office')}spec:
  team: checkout
  timezone: Europe/Berlin
  layers:
    - name: days
      people: [ana, bo]
      rotation: {every: 1, unit: day, handover: "09:00", start: "2026-03-01"}
      restrictions: [{days: [mon, tue, wed, thu, fri, sat, sun], from: "09:00", to: "17:00"}]
`);
    const [from, to] = ['2026-03-27T00:00:00.000Z', '2026-03-31T00:00:00.000Z'];
    const shifts = await stack.tocsin.ask(
      ShiftsReply,
      'GET',
      `/api/v1/schedules/office/shifts?from=${from}&to=${to}`,
    );
    const pieces = [...shifts.items, ...shifts.gaps].toSorted((a, b) => a.from.localeCompare(b.from));
    expect(pieces.map((piece) => piece.from)).toEqual([
      from,
      ...pieces.slice(0, -1).map((piece) => piece.to),
    ]);
    expect(pieces.at(-1)?.to).toBe(to);
    expect(shifts.timezone).toBe('Europe/Berlin');
    // Nine o'clock in Berlin is eight in UTC on Saturday and seven on Sunday.
    expect(shifts.items.map((item) => item.from)).toEqual(
      expect.arrayContaining(['2026-03-28T08:00:00.000Z', '2026-03-29T07:00:00.000Z']),
    );
    for (const query of [
      '',
      `?from=${to}&to=${from}`,
      '?from=yesterday&to=tomorrow',
      '?from=2026-01-01T00:00:00Z&to=2036-01-01T00:00:00Z',
    ])
      expect([query, (await call('GET', `schedules/office/shifts${query}`)).status]).toEqual([query, 400]);
  });

  it('who is on call now is who the shifts say', async () => {
    const { items } = await stack.tocsin.ask(
      OnCallReply,
      'GET',
      '/api/v1/oncall?team=checkout&at=2026-03-28T10:00:00Z',
    );
    expect(items.map(({ schedule }) => schedule)).toEqual(['checkout-primary', 'office']);
    const [always, office] = items;
    expect(always).toMatchObject({ team: 'checkout', person: 'ana' });
    const { items: now } = await stack.tocsin.ask(
      ShiftsReply,
      'GET',
      '/api/v1/schedules/office/shifts?from=2026-03-28T10:00:00Z&to=2026-03-29T16:00:00Z',
    );
    expect(office).toMatchObject({
      person: now[0]?.person,
      until: now[0]?.to,
      next: { person: now[1]?.person, from: now[1]?.from },
    });
  });
});

describe('an incident', () => {
  it('keeps the policy it began with, whatever is edited meanwhile; the next one has the new', async () => {
    const own = (
      second: string,
    ) => `${head('EscalationPolicy', 'own')}spec: {team: checkout, repeat: 0, steps: [{notify: [{person: ana}], wait: 1h}, {notify: [{person: ${second}}], wait: 1h}]}
---
${head('Service', 'own')}spec: {displayName: Own, team: checkout, tier: 1, policy: own, plan: default}
`;
    await stack.apply(own('bo'));
    const before = await stack.declare({ title: 'Before the edit', service: 'own' });
    await stack.phones.of('ana').expectsPage(before.number);
    await stack.apply(own('cleo'));
    const after = await stack.declare({ title: 'After the edit', service: 'own' });
    await stack.phones.of('ana').expectsPage(after.number);
    for (const { number } of [before, after]) await stack.tell(number, 'escalate', { person: 'ana' });
    await stack.phones.of('bo').expects({ incident: before.number, step: 2 });
    await stack.phones.of('cleo').expects({ incident: after.number, step: 2 });
    expect(stack.phones.of('cleo').received({ incident: before.number })).toEqual([]);
    expect(stack.phones.of('bo').received({ incident: after.number })).toEqual([]);
  });
});

/** On-call changes hands, and the person shown by pages, previews and calendars is the one who is paged. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ICAL from 'ical.js';
import { z } from 'zod';
import {
  FeedsReply,
  GapsReply,
  NewFeedReply,
  OverrideReply,
  OverridesReply,
  PreviewReply,
  SwapReply,
  SwapsReply,
} from '../../contracts/api/on-call-changes.js';
import { PlanReply } from '../../contracts/api/configuration.js';
import { OnCallReply, ShiftsReply } from '../../contracts/api/oncall.js';
import { eventually } from '../harness/eventually.js';
import { person } from '../harness/fixtures.js';
import { midTurn } from '../harness/mid-shift.js';
import { ownService } from '../harness/own-service.js';
import { signIn } from '../harness/session.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
const cookies = new Map<string, string>();

beforeAll(async () => {
  stack = await startTestStack();
  for (const person of ['ana', 'bo', 'cleo', 'dana']) cookies.set(person, await signIn(stack.tocsin, person));
}, 90_000);
afterAll(() => stack.end());

const as = (person: string) => ({
  token: null,
  headers: { cookie: cookies.get(person) ?? '', origin: stack.tocsin.url },
});
const call = (person: string, method: string, path: string, body?: unknown) =>
  stack.tocsin.call(method, `/api/v1/${path}`, body, as(person));
const ask = <T>(schema: z.ZodType<T>, person: string, method: string, path: string, body?: unknown) =>
  stack.tocsin.ask(schema, method, `/api/v1/${path}`, body, as(person));

const hours = (n: number): string => new Date(Date.now() + n * 3_600_000).toISOString();

/** A schedule with a policy and a service that page by it alone; no shift ends while a test runs. */
const layers = (people: string[]) => [{ name: 'weekly', people, rotation: midTurn(4) }];
const schedule = (name: string, people: string[], more = ''): string => `---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: ${name}}
spec: {team: checkout, timezone: Europe/Berlin, ${more}layers: ${JSON.stringify(layers(people))}}
`;
const paging = (name: string): string => ownService(name, `[{notify: [{schedule: ${name}}], wait: 1h}]`);

/** Expects that a new incident of this service pages this person. */
async function woken(service: string, expected: string): Promise<void> {
  const { number } = await stack.declare({ title: `Who comes to ${service}?`, service });
  await stack.phones.of(expected).expectsPage(number);
  const others = ['ana', 'bo', 'cleo'].filter((one) => one !== expected);
  expect(others.flatMap((one) => stack.phones.of(one).received({ incident: number }))).toEqual([]);
}

const status = async (name: string) => {
  const { items } = await ask(OnCallReply, 'dana', 'GET', 'oncall');
  return items.find((item) => item.schedule === name)?.person;
};
const shifts = (name: string, from: string, to: string) =>
  ask(ShiftsReply, 'dana', 'GET', `schedules/${name}/shifts?from=${from}&to=${to}`);

describe('an override', () => {
  it('decides who is paged, until it is cancelled, and stays in what is told of the past', async () => {
    await stack.apply(schedule('stand-in', ['ana']), paging('stand-in'));
    await woken('stand-in', 'ana');
    const from = hours(-1);
    const made = await ask(OverrideReply, 'bo', 'POST', 'schedules/stand-in/overrides', {
      person: 'bo',
      from,
      to: hours(8),
      reason: 'ana is at the dentist',
    });
    expect(made).toMatchObject({ person: 'bo', createdBy: 'bo', swap: null });
    // The past never changes: the override begins now.
    expect(made.from > from).toBe(true);
    expect(await status('stand-in')).toBe('bo');
    await woken('stand-in', 'bo');
    expect((await ask(OverridesReply, 'dana', 'GET', 'schedules/stand-in/overrides')).items).toEqual([made]);

    expect((await call('ana', 'DELETE', `schedules/stand-in/overrides/${made.id}`)).status).toBe(403);
    const ended = await ask(OverrideReply, 'bo', 'DELETE', `schedules/stand-in/overrides/${made.id}`);
    expect(await status('stand-in')).toBe('ana');
    await woken('stand-in', 'ana');
    const { items } = await shifts('stand-in', made.from, hours(1));
    expect(items.slice(0, 2)).toMatchObject([
      { from: made.from, to: ended.cancelledAt, person: 'bo', source: 'override' },
      { from: ended.cancelledAt, person: 'ana', source: 'weekly' },
    ]);
    const again = await call('bo', 'DELETE', `schedules/stand-in/overrides/${made.id}`);
    expect(again).toMatchObject({ status: 409, json: { code: 'already_cancelled' } });
  }, 60_000);

  it('is one’s own to make; that of others is a manager’s', async () => {
    await stack.apply(schedule('whose', ['ana']));
    const put = (who: string, person: string, more: object = {}) =>
      call(who, 'POST', 'schedules/whose/overrides', { person, from: hours(1), to: hours(2), ...more });
    expect((await put('dana', 'dana')).status).toBe(403);
    expect((await put('bo', 'ana')).status).toBe(403);
    expect((await put('bo', 'bo')).status).toBe(201);
    expect((await put('cleo', 'ana')).status).toBe(201);
    expect(await put('cleo', 'nobody')).toMatchObject({
      status: 400,
      json: { errors: [{ path: 'person', message: expect.stringContaining('nobody') }] },
    });
    expect(await put('bo', 'bo', { from: hours(3) })).toMatchObject({
      status: 400,
      json: { errors: [{ path: 'to', message: expect.stringContaining('before it begins') }] },
    });
    expect((await put('bo', 'bo', { from: hours(-3), to: hours(-1) })).status).toBe(400);
    expect(
      (await call('bo', 'POST', 'schedules/none/overrides', { person: 'bo', from: hours(1), to: hours(2) }))
        .status,
    ).toBe(404);
    const audit = await stack.tocsin.sql(
      `SELECT actor, action FROM audit_entry WHERE subject = 'schedule/whose' ORDER BY id`,
    );
    expect(audit).toEqual([
      { actor: 'bo', action: 'override.create' },
      { actor: 'cleo', action: 'override.create' },
    ]);
  });
});

describe('asking for cover', () => {
  it('reaches the people of the schedule; whoever accepts first is paged', async () => {
    await stack.apply(schedule('cover', ['ana', 'bo', 'cleo']), paging('cover'));
    const asker = (await status('cover')) ?? '';
    const [first = '', second = ''] = ['ana', 'bo', 'cleo'].filter((one) => one !== asker);
    const shift = { from: hours(0), to: hours(3) };
    const stranger = await call(first, 'POST', 'schedules/cover/swaps', { shift });
    expect(stranger).toMatchObject({ status: 400, json: { errors: [{ path: 'shift' }] } });
    const swap = await ask(SwapReply, asker, 'POST', 'schedules/cover/swaps', { shift, reason: 'Sick' });
    expect(swap).toMatchObject({ by: asker, to: null, state: 'open' });
    const mails = await stack.tocsin.sql(
      `SELECT person FROM mailbox_message WHERE key LIKE $1 ORDER BY person`,
      [`swap/${swap.id}/%`],
    );
    expect(mails).toEqual([first, second].toSorted().map((person) => ({ person })));
    const { items } = await ask(SwapsReply, second, 'GET', 'schedules/cover/swaps');
    expect(items.map(({ id }) => id)).toEqual([swap.id]);

    const path = `schedules/cover/swaps/${swap.id}`;
    expect((await call(asker, 'POST', `${path}/accept`)).json).toMatchObject({ code: 'own_request' });
    const accepted = await ask(SwapReply, first, 'POST', `${path}/accept`);
    expect(accepted).toMatchObject({ state: 'accepted', decidedBy: first });
    expect(await call(second, 'POST', `${path}/accept`)).toMatchObject({
      status: 409,
      json: { code: 'swap_accepted', detail: expect.stringContaining(first) },
    });
    await woken('cover', first);
  }, 60_000);

  it('two exchange their shifts; a request that the world has overtaken is refused', async () => {
    await stack.apply(schedule('exchange', ['ana', 'bo']));
    const { items } = await shifts('exchange', hours(0), hours(24 * 150));
    const [now, next] = items;
    if (now === undefined || next === undefined) throw new Error('two shifts are needed');
    const wanted = {
      to: next.person,
      shift: { from: now.from, to: now.to },
      inReturn: { from: next.from, to: next.to },
    };
    const swap = await ask(SwapReply, now.person, 'POST', 'schedules/exchange/swaps', wanted);
    expect((await call(now.person, 'POST', 'schedules/exchange/swaps', wanted)).json).toMatchObject({
      code: 'already_requested',
    });
    await ask(SwapReply, next.person, 'POST', `schedules/exchange/swaps/${swap.id}/accept`);
    const after = await shifts('exchange', now.to, hours(24 * 150));
    expect(after.items[0]).toMatchObject({ from: next.from, person: now.person, source: 'override' });
    expect(await status('exchange')).toBe(next.person);
    // A person who accepted a request cannot cancel the override alone.
    const [override] = (await ask(OverridesReply, 'dana', 'GET', 'schedules/exchange/overrides')).items;
    expect(override?.swap).toBe(swap.id);
    expect((await call(next.person, 'DELETE', `schedules/exchange/overrides/${override?.id}`)).status).toBe(
      403,
    );

    const stale = await ask(SwapReply, next.person, 'POST', 'schedules/exchange/swaps', {
      to: now.person,
      shift: { from: hours(1), to: hours(2) },
    });
    await call('cleo', 'POST', 'schedules/exchange/overrides', {
      person: 'cleo',
      from: hours(1),
      to: hours(2),
    });
    expect(await call(now.person, 'POST', `schedules/exchange/swaps/${stale.id}/accept`)).toMatchObject({
      status: 409,
      json: { code: 'swap_stale' },
    });
    expect(
      (await ask(SwapReply, now.person, 'POST', `schedules/exchange/swaps/${stale.id}/decline`)).state,
    ).toBe('declined');
  });
});

describe('a month as a table', () => {
  it('is what the shifts say, on the schedule’s clock, with nothing a spreadsheet would run', async () => {
    await stack.apply(
      person('pat', 'responder', stack.phones.of('pat').url).replace(
        'displayName: Pat',
        `displayName: '=HYPERLINK("x")'`,
      ),
      schedule('paid', ['ana', 'pat']),
    );
    const reply = await call('dana', 'GET', 'schedules/paid/shifts.csv?month=2026-10');
    expect(reply.status).toBe(200);
    const [head, ...lines] = reply.text.trimEnd().split('\r\n');
    expect(head).toBe('schedule,person,name,from,to,hours,layer,from_local,to_local,timezone');
    const { items } = await shifts('paid', '2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z');
    expect(lines.map((line) => line.split(',').slice(0, 2).join())).toEqual(
      items.map((one) => `paid,${one.person}`),
    );
    expect(lines.every((line) => line.endsWith(',Europe/Berlin'))).toBe(true);
    // October has 31 days and an hour.
    const hoursOf = (line: string): number => Number(/Z,([\d.]+),weekly,/.exec(line)?.[1]);
    expect(lines.reduce((sum, line) => sum + hoursOf(line), 0)).toBe(31 * 24 + 1);
    expect(reply.text).toMatch(/paid,pat,"'=HYPERLINK\(""x""\)"/);
    for (const month of ['2026-13', 'October', ''])
      expect((await call('dana', 'GET', `schedules/paid/shifts.csv?month=${month}`)).status).toBe(400);
    expect((await call('dana', 'GET', 'schedules/none/shifts.csv?month=2026-10')).status).toBe(404);
  });
});

describe('an edit', () => {
  it('is previewed as it then pages, and takes nothing over before its date', async () => {
    await stack.apply(schedule('edited', ['ana']), paging('edited'));
    const from = new Date(Date.now() + 12_000).toISOString();
    const spec = { team: 'checkout', timezone: 'Europe/Berlin', from, layers: layers(['bo']) };
    const preview = await ask(PreviewReply, 'dana', 'POST', 'schedules/edited/preview', { spec, days: 30 });
    expect(preview).toMatchObject({ effectiveFrom: from, gaps: [], problems: [] });
    expect(preview.changes).toEqual([{ from, to: preview.to, before: 'ana', after: 'bo' }]);

    await stack.apply(schedule('edited', ['bo'], `from: "${from}", `));
    expect(await status('edited')).toBe('ana');
    await woken('edited', 'ana');
    const { items } = await shifts('edited', hours(-1), preview.to);
    expect(items.find((item) => item.person === 'bo')?.from).toBe(from);
    expect(items.filter((item) => item.person === 'ana').every((item) => item.to <= from)).toBe(true);
    await eventually(async () => ((await status('edited')) === 'bo' ? true : undefined), {
      what: 'the date of the edit',
      timeoutMs: 40_000,
    });
    await woken('edited', 'bo');
  });

  it('that would change the past is refused with its place; the same file again is not', async () => {
    const text = schedule('dated', ['ana'], 'from: "2026-02-01T09:00", ');
    await stack.apply(text);
    await stack.apply(text);
    const edited = text.replace('["ana"]', '["bo"]');
    const refused = await stack.tocsin.call('POST', '/api/v1/config/plan?file=dated.yaml', edited);
    expect(refused).toMatchObject({
      status: 422,
      json: {
        errors: [
          {
            file: 'dated.yaml',
            line: 5,
            col: expect.any(Number),
            path: 'spec.from',
            message: expect.stringContaining('the past never changes'),
          },
        ],
      },
    });
    const malformed = text.replace('2026-02-01T09:00', 'next week');
    expect((await stack.tocsin.call('POST', '/api/v1/config/plan', malformed)).status).toBe(422);
  });

  it('that leaves gaps is warned of with file, line and column, and the gaps are reported', async () => {
    const text = schedule('office', ['ana']).replace(
      '"name":"weekly",',
      '"name":"weekly","restrictions":[{"days":["mon"],"from":"09:00","to":"10:00"}],',
    );
    const { warnings } = await stack.tocsin.ask(
      PlanReply,
      'POST',
      '/api/v1/config/apply?file=office.yaml',
      text,
    );
    expect(warnings).toEqual([
      {
        kind: 'Schedule',
        name: 'office',
        path: 'spec.layers',
        message: expect.stringMatching(
          /nobody is on call in office from .* and \d more times? within 14 days/,
        ),
        file: 'office.yaml',
        line: 5,
        col: expect.any(Number),
      },
    ]);
    const report = await ask(GapsReply, 'dana', 'GET', 'oncall/gaps?days=7');
    const gaps = report.items.filter((issue) => issue.schedule === 'office');
    const { gaps: same } = await shifts('office', report.from, report.to);
    expect(gaps.map(({ from, to }) => ({ from, to }))).toEqual(same);
    expect(gaps.every(({ kind }) => kind === 'nobody')).toBe(true);
    expect((await call('dana', 'GET', 'oncall/gaps?days=1000')).status).toBe(400);
  });
});

describe('a calendar feed', () => {
  interface Entry {
    uid: string;
    sequence: number;
    status: string;
    from: string;
    to: string;
  }
  const read = (text: string): Entry[] =>
    new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((component) => {
      const event = new ICAL.Event(component);
      const instant = (time: ICAL.Time): string => time.toJSDate().toISOString();
      return {
        uid: event.uid,
        sequence: event.sequence,
        status: String(component.getFirstPropertyValue('status')),
        from: instant(event.startDate),
        to: instant(event.endDate),
      };
    });

  it('equals the shifts, keeps its identities, rises with changes, and ends when it is revoked', async () => {
    await stack.apply(schedule('feed', ['ana', 'bo']));
    const { url, id } = await ask(NewFeedReply, 'ana', 'POST', 'calendar-feeds', { schedule: 'feed' });
    const get = (headers: Record<string, string> = {}) => fetch(url, { headers });
    const first = await get();
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
    const text = await first.text();
    expect(text).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2.0\r\n/);
    expect(text).toContain('\r\nX-PUBLISHED-TTL:PT1H\r\n');
    expect(text).toContain('\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n');
    expect(text.split('\r\n').filter((line) => Buffer.byteLength(line) > 75)).toEqual([]);
    expect(text).not.toContain('TZID');
    const before = read(text);
    const year = await shifts('feed', hours(-24 * 130), hours(24 * 230));
    const known = new Set(year.items.map(({ from, to }) => `${from} ${to}`));
    expect(before.length).toBeGreaterThan(3);
    expect(before.filter(({ from, to }) => !known.has(`${from} ${to}`))).toEqual([]);
    const ahead = year.items.filter(({ from, to }) => to > hours(0) && from < hours(24 * 120));
    expect(before.map(({ from }) => from)).toEqual(expect.arrayContaining(ahead.map(({ from }) => from)));

    const etag = first.headers.get('etag') ?? '';
    expect((await get({ 'if-none-match': etag })).status).toBe(304);

    const taken = ahead.find((item) => item.from > hours(24)) ?? ahead[0];
    if (taken === undefined) throw new Error('a shift to come is needed');
    await call('cleo', 'POST', 'schedules/feed/overrides', {
      person: 'cleo',
      from: taken.from,
      to: taken.to,
    });
    const second = await get({ 'if-none-match': etag });
    expect(second.status).toBe(200);
    const after = read(await second.text());
    const old = before.find((entry) => entry.from === taken.from);
    const cancelled = after.find((entry) => entry.uid === old?.uid);
    expect(cancelled).toMatchObject({ status: 'CANCELLED', from: taken.from, to: taken.to });
    expect(cancelled?.sequence).toBeGreaterThan(old?.sequence ?? Infinity);
    expect(after.filter((entry) => entry.from === taken.from && entry.status === 'CONFIRMED')).toHaveLength(
      1,
    );
    for (const entry of before) expect(after.map(({ uid }) => uid)).toContain(entry.uid);

    const { items } = await ask(FeedsReply, 'ana', 'GET', 'calendar-feeds');
    expect(items.map((feed) => feed.id)).toContain(id);
    expect(JSON.stringify(items)).not.toContain(url);
    const stored = await stack.tocsin.sql('SELECT * FROM calendar_feed');
    expect(JSON.stringify(stored)).not.toContain(url.slice(-36, -4));
    expect((await call('bo', 'DELETE', `calendar-feeds/${id}`)).status).toBe(404);
    expect((await call('ana', 'DELETE', `calendar-feeds/${id}`)).status).toBe(204);
    expect((await get()).status).toBe(404);
  });

  it('of a person holds their shifts in all schedules, and ends when its owner leaves', async () => {
    await stack.apply(schedule('one', ['bo']), schedule('two', ['bo', 'ana']));
    const { url } = await ask(NewFeedReply, 'bo', 'POST', 'calendar-feeds', { person: 'bo' });
    expect((await call('bo', 'POST', 'calendar-feeds', { person: 'ana' })).status).toBe(403);
    expect((await call('bo', 'POST', 'calendar-feeds', { person: 'bo', schedule: 'one' })).status).toBe(400);
    const text = await (await fetch(url)).text();
    expect(text).toContain('Bo on call: one');
    expect(text).toContain('Bo on call: two');
    expect(text).not.toContain('Ana on call');
    await stack.tocsin.sql(`UPDATE person SET active = false WHERE name = 'bo'`);
    expect((await fetch(url)).status).toBe(404);
    await stack.tocsin.sql(`UPDATE person SET active = true WHERE name = 'bo'`);
    expect((await fetch(url)).status).toBe(200);
  });
});

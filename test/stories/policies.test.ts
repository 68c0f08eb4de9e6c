/** The simulator and the back-test predict exactly what the engine does with a policy. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProblemReply } from '../../contracts/api/common.js';
import { BacktestReply, SimulateReply } from '../../contracts/api/policy.js';
import { type OwnService, ownService } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.apply(pat.replaceAll('PHONES', stack.phones.receiver.url), later);
}, 90_000);
afterAll(() => stack.end());

/** Paged twice: at once by one contact, two seconds later by another. */
const pat = `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: pat}
spec:
  displayName: Pat
  email: pat@example.com
  timezone: UTC
  role: responder
  contacts: [{name: first, channel: webhook, address: "PHONES/pat/first"}, {name: second, channel: webhook, address: "PHONES/pat/second"}]
  rules: {high: [{after: 0s, contact: first}, {after: 2s, contact: second}], low: []}
`;
const later = `---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: later}
spec:
  team: checkout
  timezone: UTC
  layers: [{name: far, people: [ana], rotation: {every: 1, unit: week, handover: "mon 09:00", start: "2199-01-05"}}]
---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: covered}
spec:
  team: checkout
  timezone: UTC
  layers: [{name: always, people: [ana], rotation: {every: 1, unit: week, handover: "mon 09:00", start: "2026-01-05"}}]
`;

const open = async (name: string, steps: string, more?: OwnService) => {
  await stack.apply(ownService(name, steps, more));
  return stack.declare({ title: `Trouble with ${name}`, service: name });
};
const page = (who: string, incident: string, step: number, cycle = 0) =>
  stack.phones.of(who).expects({ type: 'page.requested', incident, step, cycle });

const simulate = (name: string, body: object) =>
  stack.tocsin.ask(SimulateReply, 'POST', `/api/v1/policies/${name}/simulate`, {
    priority: 'P1',
    service: name,
    ...body,
  });
const backtest = (name: string, body: object = {}) =>
  stack.tocsin.ask(BacktestReply, 'POST', `/api/v1/policies/${name}/backtest`, { service: name, ...body });

interface Sent {
  at: number;
  what: string;
}

/** All sent pages, in the order of the ledger's own instants. */
async function ledger(number: string): Promise<Sent[]> {
  const rows = (await stack.deliveries(number)).filter(
    ({ attempts, type }) => attempts.length > 0 && type === 'page.requested',
  );
  return inOrder(
    rows.map((row) => ({ ...row, contact: String(row['contact']), at: row.attempts[0]?.at ?? '' })),
  );
}

const inOrder = (
  rows: readonly {
    at: string;
    person: string;
    contact: string;
    channel: string;
    cycle: number;
    step: number;
  }[],
): Sent[] =>
  rows
    .map(({ at, person, contact, channel, cycle, step }) => ({
      at: Date.parse(at),
      what: `${cycle}/${step} ${person} ${contact} ${channel}`,
    }))
    .toSorted((a, b) => a.at - b.at || a.what.localeCompare(b.what));

/** The engine works between two steps; it never acts early, and not much later than planned. */
const LATE_MS = 15_000;
/** Messages to two people are sent in parallel: a busy machine may swap what is due within this time. */
const APART_MS = 1_000;

/** The simulation made before the incident came true: the same messages in the same order, on time. */
async function expectForeseen(number: string, foreseen: SimulateReply): Promise<void> {
  const { createdAt } = await stack.incident(number);
  const assumed = Date.parse(foreseen.pages[0]?.at ?? '');
  const planned = inOrder(foreseen.pages);
  const sent = await ledger(number);
  expect(sent.map(({ what }) => what).toSorted()).toEqual(planned.map(({ what }) => what).toSorted());
  const sentAt = new Map(sent.map(({ what, at }) => [what, at - Date.parse(createdAt)]));
  let before = Number.NEGATIVE_INFINITY;
  for (const { at, what } of planned) {
    const real = sentAt.get(what) ?? Number.NaN;
    expect(real).toBeGreaterThanOrEqual(at - assumed - 50);
    expect(real).toBeLessThan(at - assumed + LATE_MS);
    // Messages of one instant may come in any order; messages that lie apart may not.
    const earlier = planned
      .filter((one) => one.at < at - APART_MS)
      .map((one) => sentAt.get(one.what) ?? Number.NaN);
    before = Math.max(before, ...earlier);
    expect(real).toBeGreaterThanOrEqual(before);
  }
  const timeline = await stack.timeline(number);
  const reached = timeline.filter(({ kind, data }) => kind === 'paged' && data['unreached'] !== undefined);
  expect(reached.map(({ data }) => [data['cycle'], data['step'], data['unreached']])).toEqual(
    foreseen.unreached.map(({ cycle, step, reason }) => [cycle, step, reason]),
  );
  const skipped = timeline.filter(({ kind }) => kind === 'step_skipped');
  expect(skipped.map(({ data }) => [data['cycle'], data['step'], data['reason']])).toEqual(
    foreseen.skipped.map(({ cycle, step, reason }) => [cycle, step, reason]),
  );
}

const at = '2026-03-02T03:00:00Z';

// Each has a service of its own and mostly waits for real time, so they run at once.
describe('the trace of the simulator is what really happens', () => {
  it.concurrent(
    'when nobody answers: skipped steps, every rule of a person, a repeated cycle, the catch-all',
    async () => {
      const steps = `[{notify: [{person: pat}], wait: 3s}, {notify: [{schedule: later}], wait: 1h},
      {notify: [{person: bo}], wait: 1h, if: "incident.priority == 'P5'"}, {notify: [{person: cleo}, {person: dana}], wait: 1s}]`;
      await stack.apply(ownService('silence', steps, { repeat: 1 }));
      const foreseen = await simulate('silence', { at });
      expect(foreseen).toMatchObject({ acknowledged: null, exhausted: true });
      expect(foreseen.pages).toHaveLength(9);
      const { number } = await stack.declare({ title: 'Silence', service: 'silence' });
      await page('root', number, 5, 1);
      await stack.until(number, ({ escalation }) => escalation.exhausted);
      await expectForeseen(number, foreseen);
    },
    60_000,
  );

  it.concurrent(
    'when everyone has to answer and one does not',
    async () => {
      const steps =
        '[{notify: [{person: ana}, {person: pat}, {schedule: later}], wait: 3s, ack: everyone}, {notify: [{person: cleo}], wait: 1h}]';
      await stack.apply(ownService('everyone', steps));
      const foreseen = await simulate('everyone', {
        at,
        answers: [
          { person: 'ana', after: '0s' },
          { person: 'cleo', after: '0s' },
        ],
      });
      expect(foreseen).toMatchObject({
        acknowledged: { by: 'cleo' },
        exhausted: false,
        unreached: [{ step: 1, reason: expect.stringContaining('schedule later') }],
      });
      const { number } = await stack.declare({ title: 'Everyone', service: 'everyone' });
      await (await page('ana', number, 1)).reply('acknowledge');
      await (await page('cleo', number, 2)).reply('acknowledge');
      await stack.untilKind(number, 'acknowledged', 2);
      await expectForeseen(number, foreseen);
    },
    60_000,
  );

  it.concurrent(
    'when somebody answers the second message, and what was planned behind it is not sent',
    async () => {
      const steps = '[{notify: [{person: pat}, {person: bo}], wait: 1h}]';
      await stack.apply(ownService('second', steps));
      const foreseen = await simulate('second', { at, answers: [{ person: 'pat', after: '2s' }] });
      const { number } = await stack.declare({ title: 'Second', service: 'second' });
      const hook = stack.phones.receiver.nextDelivery(
        ({ path, body }) => path === '/pat/second' && body?.data.incident?.number === number,
        20_000,
      );
      await hook;
      await stack.tell(number, 'acknowledge', { person: 'pat' });
      await expectForeseen(number, foreseen);
      expect(foreseen.acknowledged).toEqual({ by: 'pat', at: '2026-03-02T03:00:02.000Z' });
    },
    60_000,
  );

  it.concurrent(
    'when a round robin gives turns: foreseen without moving it, taken by the page',
    async () => {
      const steps =
        '[{notify: [{roundRobin: [{person: ana}, {schedule: later}, {person: bo}, {person: cleo}]}], wait: 1s}]';
      await stack.apply(ownService('turns', steps, { repeat: 1 }));
      const foreseen = await simulate('turns', { at });
      expect(await simulate('turns', { at })).toEqual(foreseen);
      expect(foreseen.pages.map(({ person }) => person)).toEqual(['ana', 'bo', 'root']);
      expect(foreseen.pages[1]?.because).toContain('passed over: nobody is on call in schedule later');
      const { number } = await stack.declare({ title: 'Turns', service: 'turns' });
      await page('root', number, 2, 1);
      await stack.until(number, ({ escalation }) => escalation.exhausted);
      await expectForeseen(number, foreseen);
      expect((await simulate('turns', { at })).pages.map(({ person }) => person)).toEqual([
        'cleo',
        'ana',
        'root',
      ]);
    },
    60_000,
  );

  it.concurrent(
    'when somebody stands in, and when there is nobody but the catch-all',
    async () => {
      const hour = (n: number) => new Date(Date.now() + n * 3_600_000).toISOString();
      const body = { person: 'bo', from: hour(-1), to: hour(2) };
      expect((await stack.tocsin.call('POST', '/api/v1/schedules/covered/overrides', body)).status).toBe(201);
      await stack.apply(ownService('cover', '[{notify: [{schedule: covered}], wait: 1s}]'));
      const foreseen = await simulate('cover', { at: hour(0) });
      expect(foreseen.pages.map(({ person }) => person)).toEqual(['bo', 'root']);
      const { number } = await stack.declare({ title: 'Cover', service: 'cover' });
      await page('root', number, 2);
      await stack.until(number, ({ escalation }) => escalation.exhausted);
      await expectForeseen(number, foreseen);

      await stack.apply(ownService('void', '[{notify: [{schedule: later}], wait: 1h}]'));
      const nobody = await simulate('void', { at });
      const declared = await stack.declare({ title: 'Void', service: 'void' });
      await page('root', declared.number, 2);
      await expectForeseen(declared.number, nobody);
    },
    60_000,
  );
});

describe('a policy that is not applied', () => {
  it('is simulated from the body, and refused where it could not be applied', async () => {
    const policy = { team: 'checkout', steps: [{ notify: [{ person: 'cleo' }], wait: '1m' }] };
    const seen = await simulate('checkout', { at, service: 'checkout-db', policy });
    expect(seen.pages.map(({ person }) => person)).toEqual(['cleo', 'root']);
    const loop = { ...policy, steps: [{ notify: [{ roundRobin: [{ policy: 'checkout' }] }], wait: '1m' }] };
    const { status, json } = await stack.tocsin.call('POST', '/api/v1/policies/checkout/simulate', {
      at,
      priority: 'P1',
      policy: loop,
    });
    expect([status, ProblemReply.parse(json).errors]).toEqual([
      400,
      [
        {
          path: 'policy.steps[0].notify[0].roundRobin[0].policy',
          message: 'the policy leads back to itself: checkout → checkout',
        },
      ],
    ]);
  });
});

describe('an incident keeps to the policy that it began with', () => {
  it('while how its people are reached is looked up at the moment of paging', async () => {
    const steps = (second: string) =>
      `[{notify: [{person: ana}], wait: 1h}, {notify: [{person: ${second}}], wait: 1h}]`;
    const { number } = await open('frozen', steps('pat'));
    await page('ana', number, 1);
    await stack.apply(ownService('frozen', steps('dana')));
    // Pat has another number now: one contact in place of two.
    await stack.apply(
      pat
        .replaceAll('PHONES', stack.phones.receiver.url)
        .replace(
          /contacts: .*/,
          `contacts: [{name: new, channel: webhook, address: "${stack.phones.receiver.url}/pat/new"}]`,
        )
        .replace(/rules: .*/, 'rules: {high: [{after: 0s, contact: new}], low: []}'),
    );
    await stack.tell(number, 'escalate', { person: 'cleo' });
    const { delivery } = await page('pat', number, 2);
    expect(delivery.path).toBe('/pat/new');
    expect(stack.phones.of('dana').received({ incident: number })).toEqual([]);
    await stack.apply(pat.replaceAll('PHONES', stack.phones.receiver.url));
  });
});

describe('the back-test', () => {
  it('replays what happened, and shows what another policy would have changed', async () => {
    const steps = '[{notify: [{person: bo}], wait: 2s}, {notify: [{person: cleo}], wait: 1h}]';
    const { number } = await open('past', steps);
    await (await page('cleo', number, 2)).reply('acknowledge');
    const drill = await backtest('past', { drills: true });
    const same = await backtest('past');
    expect(drill.items).toEqual(same.items);
    const [item] = same.items;
    expect(same.items).toHaveLength(1);
    expect(item).toMatchObject({
      number,
      before: { acknowledgedBy: 'cleo', pages: 2, exhausted: false },
      after: { acknowledgedBy: 'cleo', pages: 2, exhausted: false },
      assumptions: [
        { person: 'bo', seconds: null, because: 'silent' },
        { person: 'cleo', because: 'observed' },
      ],
      byHand: [],
    });
    const [before, after] = [item?.before.secondsToAck ?? 0, item?.after.secondsToAck ?? 0];
    expect(Math.abs(before - after)).toBeLessThanOrEqual(2);
    expect(before).toBeGreaterThanOrEqual(2);

    const policy = { team: 'checkout', steps: [{ notify: [{ person: 'cleo' }], wait: '5m' }] };
    const better = await backtest('past', { policy });
    expect(better.items[0]?.after.secondsToAck ?? 99).toBeLessThan(before);
    expect(better.totals).toMatchObject({
      before: { incidents: 1, acknowledged: 1, pages: 2 },
      after: { incidents: 1, acknowledged: 1, pages: 1, people: [{ person: 'cleo', pages: 1 }] },
    });
    const never = await backtest('past', {
      policy,
      assume: { answers: [{ person: 'cleo', after: 'never' }] },
    });
    // Root was never paged in these incidents: the median of everybody is assumed.
    expect(never.items[0]).toMatchObject({
      after: { acknowledgedBy: 'root', exhausted: true },
      assumptions: [
        { person: 'cleo', seconds: null, because: 'assumed' },
        { person: 'root', because: 'team-median' },
      ],
    });
  }, 60_000);

  it('goes through many by pages, newest first, and refuses what it cannot read', async () => {
    const team = { service: undefined, limit: 2 };
    const first = await backtest('checkout', team);
    expect(first.items).toHaveLength(2);
    const rest = await backtest('checkout', { ...team, cursor: first.next });
    expect(rest.items[0]?.at ?? '').toBeTruthy();
    expect(Date.parse(rest.items[0]?.at ?? '')).toBeLessThanOrEqual(Date.parse(first.items[1]?.at ?? ''));
    expect(rest.items.map(({ id }) => id)).not.toContain(first.items[1]?.id);
    const call = (name: string, body: object) =>
      stack.tocsin.call('POST', `/api/v1/policies/${name}/backtest`, body);
    expect((await call('nothing', {})).status).toBe(404);
    expect((await call('checkout', { limit: 501 })).status).toBe(400);
    expect((await call('checkout', { cursor: 'x' })).status).toBe(400);
    expect((await call('checkout', { service: 'none' })).status).toBe(400);
    expect((await call('checkout', { from: at, to: at })).status).toBe(400);
  });
});

describe('bad policies', () => {
  const refusal = async (steps: string) => {
    const document = `apiVersion: tocsin/v1\nkind: EscalationPolicy\nmetadata: {name: bad}\nspec:\n  team: checkout\n  steps:\n    - ${steps}\n`;
    const { status, json } = await stack.tocsin.call('POST', '/api/v1/config/apply?file=bad.yaml', document);
    if (status === 200) return [];
    return (ProblemReply.parse(json).errors ?? []).map(
      ({ file, line, col, message }) => `${file}:${line}:${col} ${message}`,
    );
  };

  it('are refused with the place of what is wrong', async () => {
    expect(await refusal('{notify: [{person: ana}], wait: 1m, if: "incident.priorty == 1"}')).toEqual([
      expect.stringMatching(/^bad\.yaml:7:\d+ .*priorty/),
    ]);
    expect(await refusal('{notify: [{person: ana}], wait: 1m, if: "time.hour"}')).toEqual([
      expect.stringMatching(/^bad\.yaml:7:\d+ .*must be true or false/),
    ]);
    expect(await refusal('{notify: [{roundRobin: [{person: ana}, {person: zoe}]}], wait: 1m}')).toEqual([
      expect.stringMatching(/^bad\.yaml:7:\d+ .*there is no Person "zoe"/),
    ]);
    expect(await refusal('{notify: [{roundRobin: [{policy: bad}, {person: ana}]}], wait: 1m}')).toEqual([
      expect.stringMatching(/^bad\.yaml:7:\d+ .*the policy leads back to itself: bad → bad/),
    ]);
    expect(await refusal('{notify: [{roundRobin: []}], wait: 1m}')).toHaveLength(1);
    expect(await refusal('{notify: [{roundRobin: [{roundRobin: [{person: ana}]}]}], wait: 1m}')).toHaveLength(
      1,
    );
    expect(await refusal('{notify: [{team: checkout, person: ana}], wait: 1m}')).toHaveLength(1);
    expect(
      await refusal(
        '{notify: [{team: checkout, roundRobin: true}], wait: 1m, if: "time.inHours && incident.alertsTotal > 2"}',
      ),
    ).toEqual([]);
  });
});

/**
 * Response to an incident: acknowledgement and its end, snooze, disciplines, priority, settling, merging, reopening.
 * Each test has services of its own and mostly waits for real time, so several run at once.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { person } from '../harness/fixtures.js';
import { type OwnService, ownService, ownSource, ownTeam } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.apply(
    ...['gus', 'hal', 'ivy'].map((name) => person(name, 'responder', stack.phones.of(name).url)),
    ownTeam(
      'trust',
      'security',
      ['gus', 'hal'],
      '[{notify: [{person: gus}], wait: 2s}, {notify: [{person: hal}], wait: 1h}]',
    ),
    ownTeam('metal', 'infrastructure', ['ivy'], '[{notify: [{person: ivy}], wait: 1h}]'),
  );
}, 90_000);
afterAll(() => stack.end());

const anaOnly = '[{notify: [{person: ana}], wait: 1h}]';

const open = async (name: string, steps: string, more?: OwnService) => {
  await stack.apply(ownService(name, steps, more));
  return stack.declare({ title: `Trouble with ${name}`, service: name });
};

const page = (who: string, incident: string, step: number, cycle = 0) =>
  stack.phones.of(who).expects({ type: 'page.requested', incident, step, cycle });

/** A service with a source of its own; `say` sends signals of one key. */
const watched = async (name: string, steps: string, more?: OwnService) => {
  const key = randomBytes(16).toString('hex');
  await stack.apply(ownService(name, steps, more), ownSource(name, key));
  return async (action: 'trigger' | 'resolve', title: string): Promise<void> => {
    const body = { title, action, dedup_key: title, severity: 'critical' };
    const { status, text } = await stack.tocsin.call('POST', `/in/${key}`, body, { token: null });
    if (status !== 202) throw new Error(`${action} answered ${status}: ${text}`);
  };
};

/**
 * Runs a whole escalation path of another incident, with `wait` between its steps: pages due before then would have
 * come.
 */
const anEscalationAfter = async (name: string, wait: string): Promise<void> => {
  const steps = `[{notify: [{person: dana}], wait: ${wait}}, {notify: [{person: dana}], wait: 1h}]`;
  await page('dana', (await open(name, steps)).number, 2);
};

const After = z.looseObject({ ackExpiresAt: z.string().nullable(), mergedInto: z.string().nullable() });
const ms = (at: string): number => Date.parse(at);

it.concurrent('an acknowledgement expires, and paging comes back to step 1 on a new cycle', async () => {
  const { number } = await open('sleepy', anaOnly, { plan: '{ackTimeout: 1s}' });
  await (await page('ana', number, 1)).reply('acknowledge');
  await stack.untilKind(number, 'acknowledgement_expired');
  const again = await page('ana', number, 1, 1);
  expect(again.body.data.incident.status).toBe('triggered');
});

it.concurrent(
  'an acknowledgement lasts longer when who gave it writes a note, and not when somebody else does',
  async () => {
    const { number } = await open('noted', anaOnly, { plan: '{ackTimeout: 6s}' });
    await (await page('ana', number, 1)).reply('acknowledge');
    const taken = After.parse(await stack.incident(number)).ackExpiresAt;
    const others = After.parse(await stack.tell(number, 'notes', { person: 'bo', text: 'How is it going?' }));
    expect(others.ackExpiresAt).toBe(taken);
    await anEscalationAfter('meanwhile', '1s');
    await stack.tell(number, 'notes', { person: 'ana', text: 'Looking at the replicas.' });
    const expired = await stack.untilKind(number, 'acknowledgement_expired');
    const kept = (await stack.timeline(number)).findLast(({ kind }) => kind === 'noted');
    expect(ms(expired.at) - ms(kept?.at ?? '')).toBeGreaterThanOrEqual(6_000);
    expect(ms(kept?.at ?? '')).toBeGreaterThan(ms(taken ?? '') - 5_500);
  },
);

it.concurrent('an acknowledgement can be unacknowledged: the policy pages again', async () => {
  const { number } = await open('returned', anaOnly);
  await (await page('ana', number, 1)).reply('acknowledge');
  const back = await stack.tell(number, 'unacknowledge', { person: 'ana', reason: 'off to the airport' });
  expect(back.status).toBe('triggered');
  await page('ana', number, 1, 1);
});

it.concurrent(
  'an acknowledgement can be reassigned to a person, who is paged by name before the policy starts again',
  async () => {
    const { number } = await open('handed', '[{notify: [{person: ana}], wait: 5s}]');
    await (await page('ana', number, 1)).reply('acknowledge');
    const unknown = await stack.tocsin.call('POST', `/api/v1/incidents/${number}/unacknowledge`, {
      person: 'ana',
      to: 'nobody-here',
    });
    expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining('nobody-here')]);
    await stack.tell(number, 'unacknowledge', { person: 'ana', to: 'cleo', reason: 'knows replicas' });
    await page('cleo', number, 0, 1);
    await page('ana', number, 1, 1);
    const texts = (await stack.timeline(number)).map(({ text }) => text);
    expect(texts).toEqual(
      expect.arrayContaining([expect.stringMatching(/Ana,? reassigned it to Cleo: knows replicas/)]),
    );
  },
);

it.concurrent('an acknowledgement cannot be reassigned to a person whom no page reaches', async () => {
  await stack.apply(`---
apiVersion: tocsin/v1
kind: Person
metadata: {name: uma}
spec: {displayName: Uma, email: uma@example.com, timezone: UTC, role: responder, contacts: [], rules: {high: [], low: []}}
`);
  const { number } = await open('unreached', anaOnly);
  await (await page('ana', number, 1)).reply('acknowledge');
  const asked = { person: 'ana', to: 'uma' };
  const refused = await stack.tocsin.call('POST', `/api/v1/incidents/${number}/unacknowledge`, asked);
  const message = 'Uma has no contact that a page reaches.';
  expect(refused).toMatchObject({
    status: 400,
    json: { detail: message, errors: [{ path: 'to', message }] },
  });
  expect((await stack.incident(number)).acknowledgedBy).toBe('ana');
});

it.concurrent(
  'an acknowledgement is not enough for a required discipline, which its own people answer',
  async () => {
    const { number } = await open('vault', anaOnly, {
      plan: '{disciplines: [{discipline: security, required: true}]}',
    });
    await (await page('ana', number, 1)).reply('acknowledge');
    await page('gus', number, 1);
    const later = await page('hal', number, 2);
    expect((await stack.incident(number)).responders).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ person: 'gus', team: 'trust', required: true, acknowledgedAt: null }),
      ]),
    );
    await later.reply('acknowledge');
    const answered = await stack.incident(number);
    expect(answered.commander).toBe('ana');
    expect(answered.responders.find((one) => one.person === 'hal')?.acknowledgedAt).not.toBeNull();
  },
);

it.concurrent('a policy that calls another calls it as it was when the incident began', async () => {
  const network = (who: string) =>
    ownTeam('network', 'network', ['gus'], `[{notify: [{person: ${who}}], wait: 1h}]`);
  await stack.apply(network('gus'));
  const { number } = await open(
    'frozen',
    '[{notify: [{person: ana}], wait: 5s}, {notify: [{policy: network}], wait: 1h}]',
  );
  await page('ana', number, 1);
  await stack.apply(network('ivy'));
  await page('gus', number, 2);
  expect(stack.phones.of('ivy').received({ incident: number })).toEqual([]);
});

it.concurrent('a snooze keeps quiet until its end and then starts over', async () => {
  const { number } = await open(
    'snooze',
    '[{notify: [{person: ana}], wait: 4s}, {notify: [{person: bo}], wait: 1h}]',
  );
  await page('ana', number, 1);
  const snoozed = await stack.tell(number, 'snooze', { person: 'ana', for: '6s' });
  expect(snoozed.status).toBe('triggered');
  await page('ana', number, 1, 1);
  expect((await stack.kinds(number)).filter((kind) => kind === 'snooze_ended')).toHaveLength(1);
  expect(stack.phones.of('bo').received({ incident: number, cycle: 0 })).toEqual([]);
});

const priorities =
  '{P1: {disciplines: [{discipline: security, required: true}, {discipline: infrastructure}], runbooks: [muster]}}';
const runbook = `---
apiVersion: tocsin/v1
kind: Runbook
metadata: {name: muster}
spec: {on: {manual: true}, timeout: 5m, steps: [{id: look, manual: "Count heads"}]}
`;
const openMinor = async (name: string) => {
  await stack.apply(runbook, ownService(name, anaOnly, { priorities }));
  const incident = await stack.declare({ title: `Growing: ${name}`, service: name, severity: 'warning' });
  expect(incident).toMatchObject({ priority: 'P3' });
  return incident.number;
};

it.concurrent(
  'a priority raised by a person engages the disciplines of the new priority and starts its runbook',
  async () => {
    const number = await openMinor('growing');
    await page('ana', number, 1);
    expect(stack.phones.of('gus').received({ incident: number })).toEqual([]);
    const raised = await stack.tell(number, 'priority', {
      person: 'cleo',
      priority: 'P1',
      reason: 'customers',
    });
    expect(raised.priority).toBe('P1');
    expect(raised.priorityReasons.join()).toMatch(/cleo.*customers/);
    const [security] = await Promise.all([page('gus', number, 1), page('ivy', number, 1)]);
    expect(security.body.data.incident.priority).toBe('P1');
    const started = await stack.untilKind(number, 'runbook_started');
    expect(started.data).toMatchObject({ runbook: 'muster' });
    // The people of its own team were paged with the waits of a P3: they are paged again.
    await page('ana', number, 1, 1);
  },
);

it.concurrent(
  'a priority raised by a person pages the required ones even when somebody has it already',
  async () => {
    const number = await openMinor('grown');
    await (await page('ana', number, 1)).reply('acknowledge');
    await stack.tell(number, 'priority', { person: 'cleo', priority: 'P1' });
    await (await page('gus', number, 1)).reply('acknowledge');
    await stack.untilKind(number, 'runbook_started');
    expect(await stack.incident(number)).toMatchObject({ status: 'acknowledged', commander: 'ana' });
  },
);

it.concurrent('an alert settles no longer once a person has set its priority', async () => {
  const say = await watched('patient', anaOnly, { priorities: '{P1: {settle: 1h}, P2: {settle: 1h}}' });
  await say('trigger', 'Not that patient');
  const { number } = await stack.titled('Not that patient');
  expect(await stack.kinds(number)).toEqual(['opened']);
  await stack.tell(number, 'priority', { person: 'cleo', priority: 'P2' });
  await page('ana', number, 1);
});

it.concurrent('an alert that resolves while it may settle pages nobody', async () => {
  const say = await watched('flicker', anaOnly, { plan: '{settle: 5s}' });
  await say('trigger', 'Flickers');
  await say('resolve', 'Flickers');
  const { number } = await stack.titled('Flickers');
  expect(await stack.until(number, ({ status }) => status === 'resolved')).toMatchObject({ alertsOpen: 0 });
  // A later alert stays, and pages when its settle time is over: so is the first one's.
  await say('trigger', 'Stays');
  const later = await stack.titled('Stays');
  const { delivery } = await page('ana', later.number, 1);
  expect(delivery.at.getTime() - ms(later.createdAt)).toBeGreaterThanOrEqual(4_900);
  expect(stack.phones.of('ana').received({ incident: number })).toEqual([]);
  expect(await stack.deliveries(number)).toEqual([]);
  expect(await stack.kinds(number)).not.toContain('paged');
});

it.concurrent(
  'an alert resolves its incident when nobody has it, and fires it again within the window',
  async () => {
    const say = await watched('unseen', anaOnly);
    await say('trigger', 'Unseen');
    const { number } = await stack.titled('Unseen');
    const first = await page('ana', number, 1);
    await say('resolve', 'Unseen');
    const resolved = await stack.until(number, ({ status }) => status === 'resolved');
    expect(resolved).toMatchObject({ alertsOpen: 0, alertsTotal: 1 });
    expect((await first.open()).text).toContain(`${number} is resolved`);
    await say('trigger', 'Unseen');
    await page('ana', number, 1, 1);
    const again = await stack.incident(number);
    expect(again).toMatchObject({ status: 'triggered', alertsOpen: 1, alertsTotal: 2, resolvedAt: null });
  },
);

it.concurrent('an alert only proposes the resolution when somebody has it', async () => {
  const say = await watched('held', anaOnly);
  await say('trigger', 'Held');
  const { number } = await stack.titled('Held');
  await (await page('ana', number, 1)).reply('acknowledge');
  await say('resolve', 'Held');
  await stack.untilKind(number, 'resolution_proposed');
  expect(await stack.incident(number)).toMatchObject({ status: 'acknowledged', alertsOpen: 0 });
  await say('trigger', 'Held');
  expect(await stack.incident(number)).toMatchObject({ status: 'acknowledged', alertsOpen: 1 });
  const resolved = await stack.tell(number, 'resolve', { person: 'ana', comment: 'fixed' });
  expect(resolved.status).toBe('resolved');
});

it.concurrent(
  'a resolved incident is reopened by a person, pages again, and is not resolved twice',
  async () => {
    const { number } = await open('undone', anaOnly);
    await (await page('ana', number, 1)).reply('acknowledge');
    await stack.tell(number, 'resolve', { person: 'ana' });
    const twice = await stack.tocsin.call('POST', `/api/v1/incidents/${number}/resolve`, { person: 'bo' });
    expect(twice).toMatchObject({
      status: 409,
      json: { code: 'already_resolved', state: { status: 'resolved' } },
    });
    const reopened = await stack.tell(number, 'reopen', { person: 'bo', reason: 'it is back' });
    expect(reopened).toMatchObject({ status: 'triggered', resolvedAt: null });
    await page('ana', number, 1, 1);
  },
);

it.concurrent(
  'a merged incident gives its alerts to the other, pages no further, and points at it',
  async () => {
    const steps = '[{notify: [{person: ana}], wait: 6s}, {notify: [{person: bo}], wait: 1h}]';
    const [say, sayMain] = [
      await watched('part', steps),
      await watched('whole', '[{notify: [{person: cleo}], wait: 1h}]'),
    ];
    await sayMain('trigger', 'Whole');
    await say('trigger', 'Part');
    const [whole, part] = [await stack.titled('Whole'), await stack.titled('Part')];
    const first = await page('ana', part.number, 1);
    const merged = await stack.tell(part.number, 'merge', { person: 'cleo', into: whole.number });
    expect(merged.status).toBe('closed');
    expect(After.parse(merged).mergedInto).toBe(whole.id);
    expect(await stack.incident(whole.number)).toMatchObject({ alertsOpen: 2, alertsTotal: 2 });
    expect(await stack.kinds(whole.number)).toContain('merged_from');
    await anEscalationAfter('long-after', '6s');
    expect(stack.phones.of('bo').received({ incident: part.number })).toEqual([]);
    expect((await first.open()).text).toContain('was merged into another incident');
    const refused = await stack.tocsin.call('POST', `/api/v1/incidents/${part.number}/acknowledge`, {
      person: 'ana',
    });
    expect(refused).toMatchObject({ status: 409, json: { code: 'merged' } });

    // Its alerts now belong to the other incident: when the last one ends, that incident ends.
    await sayMain('resolve', 'Whole');
    expect((await stack.incident(whole.number)).status).toBe('triggered');
    await say('resolve', 'Part');
    await stack.until(whole.number, ({ status }) => status === 'resolved');
  },
);

it.concurrent('a merged incident is left as it was when the other one is over', async () => {
  const { number } = await open('lonely', anaOnly);
  const other = await open('over', anaOnly);
  await stack.tell(other.number, 'resolve', { person: 'ana' });
  const refused = await stack.tocsin.call('POST', `/api/v1/incidents/${number}/merge`, {
    into: other.number,
  });
  expect(refused).toMatchObject({ status: 409, json: { code: 'already_resolved' } });
  expect(await stack.incident(number)).toMatchObject({ status: 'triggered', mergedInto: null });
});

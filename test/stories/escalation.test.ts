/**
 * Escalation: the policy's steps on the real clock. Each test has services of its own and mostly waits, so several run
 * at once.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IncidentReply } from '../../contracts/api/incident.js';
import { type OwnService, ownService } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.apply(later);
}, 90_000);
afterAll(() => stack.end());

/** Nobody is on call by it for a long time. */
const later = `---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: later}
spec:
  team: checkout
  timezone: UTC
  layers: [{name: far, people: [ana], rotation: {every: 1, unit: week, handover: "mon 09:00", start: "2199-01-05"}}]
`;

const open = async (name: string, steps: string, more?: OwnService) => {
  await stack.apply(ownService(name, steps, more));
  return stack.declare({ title: `Trouble with ${name}`, service: name });
};

const page = (who: string, incident: string, step: number, cycle = 0) =>
  stack.phones.of(who).expects({ type: 'page.requested', incident, step, cycle });

describe('escalation', () => {
  it.concurrent('goes up the steps, repeats, ends at the catch-all and says so loudly', async () => {
    const { number } = await open(
      'steps',
      '[{notify: [{person: ana}], wait: 1s}, {notify: [{person: bo}], wait: 1s}]',
      { repeat: 1 },
    );
    const arrivals = [
      await page('ana', number, 1),
      await page('bo', number, 2),
      await page('ana', number, 1, 1),
      await page('bo', number, 2, 1),
      await page('root', number, 3, 1),
    ].map(({ delivery }) => delivery.at.getTime());
    for (const [index, at] of arrivals.slice(1).entries())
      expect(at - (arrivals[index] ?? 0)).toBeLessThan(15_000);
    // Each step got its second by the record: a message with a slow delivery shortens no wait.
    const paged = (await stack.timeline(number)).flatMap(({ kind, at }) =>
      kind === 'paged' ? [Date.parse(at)] : [],
    );
    expect(paged).toHaveLength(5);
    for (const [index, at] of paged.slice(1).entries()) expect(at - (paged[index] ?? 0)).toBeGreaterThan(900);
    const exhausted = await stack.until(number, ({ escalation }) => escalation.exhausted);
    expect(exhausted.status).toBe('triggered');
    expect(await stack.kinds(number)).toEqual(expect.arrayContaining(['escalated', 'exhausted']));
    // A late acknowledgement is still accepted.
    expect(await stack.tell(number, 'acknowledge', { person: 'root' })).toMatchObject({ commander: 'root' });
  });

  it.concurrent(
    'passes over a step whose condition is false or that reaches nobody, at once, and says why',
    async () => {
      await stack.apply(`---
apiVersion: tocsin/v1
kind: Person
metadata: {name: mute}
spec: {displayName: Mute, email: mute@example.com, timezone: UTC, role: responder, contacts: []}
`);
      const { number } = await open(
        'sparse',
        `[{notify: [{person: ana}], wait: 1h, if: "incident.priority == 'P5'"}, {notify: [{person: mute}], wait: 1h}, {notify: [{schedule: later}], wait: 1h}, {notify: [{person: bo}], wait: 1h}]`,
      );
      await page('bo', number, 4);
      const skipped = (await stack.timeline(number)).filter(({ kind }) => kind === 'step_skipped');
      expect(skipped.map(({ data }) => data['step'])).toEqual([1, 2, 3]);
      expect(skipped.map(({ data }) => data['reason'])).toEqual([
        expect.stringContaining('condition is false'),
        expect.stringContaining('mute'),
        expect.stringContaining('later'),
      ]);
      expect(stack.phones.of('ana').received({ incident: number })).toEqual([]);
    },
  );

  it.concurrent('goes to the catch-all when no step reaches anybody', async () => {
    const { number } = await open('desert', '[{notify: [{schedule: later}], wait: 1h}]');
    await page('root', number, 2);
    expect((await stack.until(number, ({ escalation }) => escalation.exhausted)).status).toBe('triggered');
  });

  it.concurrent(
    'waits for everyone where the step says so, and goes on without the one who is missing',
    async () => {
      const { number } = await open(
        'both',
        '[{notify: [{person: ana}, {person: bo}], wait: 2s, ack: everyone}, {notify: [{person: cleo}], wait: 1h}]',
      );
      await (await page('ana', number, 1)).reply('acknowledge');
      await page('bo', number, 1);
      expect((await stack.incident(number)).status).toBe('acknowledged');
      await (await page('cleo', number, 2)).reply('acknowledge');
      expect((await stack.incident(number)).commander).toBe('ana');
    },
  );

  it.concurrent('is stopped by the acknowledgement of all when a step wants everyone', async () => {
    const { number } = await open(
      'all',
      '[{notify: [{person: ana}, {person: bo}], wait: 5s, ack: everyone}, {notify: [{person: cleo}], wait: 1s}]',
    );
    await (await page('ana', number, 1)).reply('acknowledge');
    await (await page('bo', number, 1)).reply('acknowledge');
    // A whole escalation path of another incident runs to its end meanwhile: long enough for a page that must not
    // come.
    const other = await open(
      'other',
      '[{notify: [{person: dana}], wait: 3s}, {notify: [{person: dana}], wait: 3s}]',
    );
    await page('root', other.number, 3);
    expect(stack.phones.of('cleo').received({ incident: number })).toEqual([]);
  });

  it.concurrent('goes on at once when the person paged cannot take it', async () => {
    const { number } = await open(
      'busy',
      '[{notify: [{person: ana}], wait: 1h}, {notify: [{person: bo}], wait: 1h}]',
    );
    const seen = await (await page('ana', number, 1)).reply('decline', { comment: 'on a train' });
    expect(seen.text).toContain("You said that you can't take it");
    await page('bo', number, 2);
    const declined = await stack.untilKind(number, 'declined');
    expect(declined).toMatchObject({ actor: 'ana', data: { person: 'ana', comment: 'on a train' } });
  });

  it.concurrent('goes on at once when somebody asks for more people, by link or by REST', async () => {
    const { number } = await open(
      'help',
      '[{notify: [{person: ana}], wait: 1h}, {notify: [{person: bo}], wait: 1h}, {notify: [{person: cleo}], wait: 1h}]',
    );
    await (await page('ana', number, 1)).reply('escalate');
    await page('bo', number, 2);
    await stack.tell(number, 'escalate', { person: 'bo', reason: 'two of us are not enough' });
    await page('cleo', number, 3);
  });

  it.concurrent('goes to the step that is named, back too, and refuses one that is not there', async () => {
    const { number } = await open(
      'named',
      '[{notify: [{person: ana}], wait: 1h}, {notify: [{person: bo}], wait: 1h}, {notify: [{person: cleo}], wait: 1h}]',
    );
    await page('ana', number, 1);
    const told = await stack.tell(number, 'escalate', { person: 'ana', step: 3, reason: 'her system' });
    expect(told.escalation).toMatchObject({ step: 3, cycle: 0, exhausted: false });
    await page('cleo', number, 3);
    expect(stack.phones.of('bo').received({ incident: number })).toEqual([]);
    await stack.tell(number, 'escalate', { person: 'cleo', step: 1 });
    await (await page('ana', number, 1, 1)).reply('acknowledge');
    // Escalating unacknowledges: the incident is triggered until the next person acknowledges.
    expect(await stack.tell(number, 'escalate', { person: 'ana' })).toMatchObject({ status: 'triggered' });
    await page('bo', number, 2, 2);
    const refused = await stack.tocsin.call('POST', `/api/v1/incidents/${number}/escalate`, { step: 9 });
    expect(refused).toMatchObject({
      status: 409,
      json: { code: 'no_such_step', state: { status: 'triggered' } },
    });
  });

  it.concurrent(
    'pages the catch-all at once for an incident without a service, and has nobody left after it',
    async () => {
      const { number } = await stack.tocsin.ask(IncidentReply, 'POST', '/api/v1/incidents', {
        title: 'Whose is this?',
        severity: 'critical',
        person: 'cleo',
      });
      await page('root', number, 1);
      const seen = await stack.until(number, ({ escalation }) => escalation.exhausted);
      expect(seen).toMatchObject({ service: null, status: 'triggered', escalation: { nextAt: null } });
      const refused = await stack.tocsin.call('POST', `/api/v1/incidents/${number}/escalate`, {});
      expect(refused).toMatchObject({ status: 409, json: { code: 'nobody_left' } });
    },
  );
});

/** A drill is an ordinary incident marked as one, measured against its expectations. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DrillRunReply, DrillStartedReply } from '../../contracts/api/drill.js';
import { IncidentReply } from '../../contracts/api/incident.js';
import { eventually } from '../harness/eventually.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
}, 90_000);
afterAll(() => stack.end());

const drill = (name: string, more: string): string => `---
apiVersion: tocsin/v1
kind: Drill
metadata: {name: ${name}}
spec:
  service: checkout-db
  surprise: true
${more.replace(/^/gm, '  ')}
`;
const inOneGo = `inject: [{alert: {title: "Replica lag 900 s", severity: critical}}]
expect: [{acknowledgedWithin: 5m, weight: 3}, {resolvedWithin: 10m}, {reviewedWithin: 5bd}]
maxDuration: 1h`;

const start = (name: string) =>
  stack.tocsin.ask(DrillStartedReply, 'POST', `/api/v1/drills/${name}/start`, {});
const run = (id: string) => stack.tocsin.ask(DrillRunReply, 'GET', `/api/v1/drills/runs/${id}`);
const incidentOf = (id: string) => stack.tocsin.ask(IncidentReply, 'GET', `/api/v1/incidents/${id}`);
const until = (id: string, holds: (one: DrillRunReply) => boolean) =>
  eventually(
    async () => {
      const seen = await run(id);
      return holds(seen) ? seen : Promise.reject(new Error(JSON.stringify(seen)));
    },
    { what: `what is wanted of drill run ${id}`, timeoutMs: 25_000 },
  );

describe('a drill', () => {
  it('started by hand says so in every message, is scored, and has its post-mortem', async () => {
    await stack.apply(drill('lag', inOneGo));
    const started = await start('lag');
    const { number, drill: isDrill } = await incidentOf(started.incident);
    expect(isDrill).toBe(true);
    const page = await stack.phones.of('ana').expectsPage(number);
    expect(page.body.data.incident).toMatchObject({ drill: true, priority: 'P1' });
    const form = await page.open();
    expect(form.text).toContain('DRILL');
    expect(await run(started.id)).toMatchObject({ state: 'running', score: null, abortedBy: null });
    await form.press('acknowledge');
    await stack.tell(number, 'resolve', { person: 'ana' });
    const over = await until(started.id, ({ state }) => state === 'finished');
    expect(over.score).toEqual({ earned: 4, possible: 5 });
    expect(over.expectations.map(({ met }) => met)).toEqual([true, true, null]);

    await stack.untilKind(number, 'postmortem_drafted');
    const sections = { rootCauses: 'A drill.', wentWell: 'All.', wentBadly: 'Nothing.', lessons: 'None.' };
    const path = `/api/v1/incidents/${number}/postmortem`;
    expect((await stack.tocsin.call('PUT', path, { sections, person: 'ana' })).status).toBe(200);
    expect((await stack.tocsin.call('POST', `${path}/submit`, { person: 'ana' })).status).toBe(200);
    for (const person of ['bo', 'dana']) {
      await stack.tocsin.call('POST', `${path}/reviews`, { decision: 'approve' }, { as: person });
    }
    const scored = await until(started.id, ({ expectations }) =>
      expectations.every(({ met }) => met !== null),
    );
    expect(scored.score).toEqual({ earned: 5, possible: 5 });
    await eventually(async () => {
      const handle = (await stack.tocsin.histories.client()).workflow.getHandle(`drill/${started.id}`);
      return (await handle.describe()).status.name === 'COMPLETED';
    });
  }, 60_000);

  it('goes by its schedule in Temporal, and pages once however often the schedule is asked', async () => {
    const due = new Date(Date.now() - 60_000);
    const cron = `${due.getUTCMinutes()} ${due.getUTCHours()} * * *`;
    await stack.apply(
      drill('monthly', `schedule: {cron: "${cron}", timezone: UTC}\n${inOneGo}`),
      // Not due for months: a start through Temporal has no effect.
      drill('yearly', `schedule: {cron: "0 14 31 2 *", timezone: Europe/Berlin}\n${inOneGo}`),
    );
    const client = await stack.tocsin.histories.client();
    for (const name of ['yearly', 'monthly', 'monthly']) {
      const schedule = client.schedule.getHandle(`drill/${name}`);
      await eventually(async () => (await schedule.describe()).info.numActionsTaken >= 0, {
        what: 'a schedule in Temporal',
      });
      await schedule.trigger('ALLOW_ALL');
      await eventually(async () => {
        const { info } = await schedule.describe();
        return info.runningActions.length === 0 && info.recentActions.length > 0;
      });
    }
    const page = await stack.phones.of('ana').expects({ type: 'page.requested' });
    expect(page.body.data.incident).toMatchObject({ drill: true, title: 'Replica lag 900 s' });
    const { json } = await stack.tocsin.call('GET', '/api/v1/drills/runs');
    const items = DrillRunReply.array().parse((json as { items: unknown }).items);
    expect(items.filter((one) => one.drill === 'yearly')).toEqual([]);
    const [found, ...more] = items.filter((one) => one.drill === 'monthly');
    expect(more).toEqual([]);
    expect(found?.state).toBe('running');
    await stack.tocsin.call('POST', `/api/v1/drills/runs/${found?.id ?? ''}/abort`, {
      reason: 'seen enough',
    });
    // Deleting the document deletes the schedule.
    expect((await stack.tocsin.call('DELETE', '/api/v1/config/Drill/monthly')).status).toBe(204);
    await eventually(async () => {
      const left = [];
      for await (const { scheduleId } of client.schedule.list()) left.push(scheduleId);
      return !left.includes('drill/monthly');
    });
  });

  it('is not merged with a real incident, in either direction', async () => {
    await stack.apply(drill('apart', inOneGo));
    const started = await start('apart');
    const { id, number } = await incidentOf(started.incident);
    const real = await stack.declare({ title: 'Slow, and real', severity: 'warning' });
    for (const [from, into] of [
      [real.number, id],
      [number, real.id],
    ] as const)
      expect(await stack.tocsin.call('POST', `/api/v1/incidents/${from}/merge`, { into })).toMatchObject({
        status: 409,
        json: { code: 'merge_with_drill' },
      });
    expect((await stack.incident(real.number)).status).toBe('triggered');
    await stack.tell(real.number, 'resolve', { person: 'ana' });
    await stack.tocsin.call('POST', `/api/v1/drills/runs/${started.id}/abort`, { reason: 'seen enough' });
  });

  it('gives way to a real P1 of a team that takes part', async () => {
    await stack.apply(drill('yields', inOneGo));
    const started = await start('yields');
    const rehearsed = await incidentOf(started.incident);
    await stack.phones.of('ana').expectsPage(rehearsed.number);
    const real = await stack.declare({ title: 'This one is real' });
    const over = await until(started.id, ({ state }) => state === 'aborted');
    expect(over.abortedBy).toBe('tocsin');
    expect((await incidentOf(started.incident)).status).toBe('resolved');
    expect((await stack.incident(real.number)).status).toBe('triggered');
    await stack.phones.of('ana').expectsPage(real.number);
    await stack.tell(real.number, 'resolve', { person: 'ana' });
  });

  it('is not started while a real P1 or P2 is open for a team that takes part, by hand or by the clock', async () => {
    const real = await stack.declare({ title: 'Real before the drill' });
    await stack.tell(real.number, 'acknowledge', { person: 'ana' });
    const before = await stack.tocsin.sql('SELECT id FROM drill_run');
    const refused = await stack.tocsin.call('POST', '/api/v1/drills/yields/start', {});
    expect(refused).toMatchObject({
      status: 409,
      json: { code: 'real_incident', detail: expect.stringContaining(`${real.number} (P1) is real`) },
    });
    expect(await stack.tocsin.sql('SELECT id FROM drill_run')).toHaveLength(before.length);
    const entries = await stack.tocsin.sql(`SELECT 1 FROM audit_entry WHERE action = 'drill.refuse'`);
    expect(entries).toHaveLength(1);
    await stack.tell(real.number, 'resolve', { person: 'ana' });
  });

  it('is not started by the clock while a real P1 is open for a team that takes part', async () => {
    const real = await stack.declare({ title: 'Real when the clock strikes' });
    await stack.tell(real.number, 'acknowledge', { person: 'ana' });
    const due = new Date(Date.now() - 60_000);
    const cron = `${due.getUTCMinutes()} ${due.getUTCHours()} * * *`;
    await stack.apply(drill('clocked', `schedule: {cron: "${cron}", timezone: UTC}\n${inOneGo}`));
    const schedule = (await stack.tocsin.histories.client()).schedule.getHandle('drill/clocked');
    await eventually(async () => (await schedule.describe()).info.numActionsTaken >= 0, {
      what: 'a schedule in Temporal',
    });
    await schedule.trigger('ALLOW_ALL');
    const refused = await eventually(
      async () => {
        const [entry] = await stack.tocsin.sql<{ data: object }>(
          `SELECT data FROM audit_entry WHERE action = 'drill.refuse' AND subject = 'drill/clocked'`,
        );
        return entry ?? Promise.reject(new Error('not refused yet'));
      },
      { what: 'a refusal in the audit log' },
    );
    expect(JSON.stringify(refused.data)).toContain(real.number);
    expect(await stack.tocsin.sql(`SELECT id FROM drill_run WHERE drill = 'clocked'`)).toEqual([]);
    await stack.tell(real.number, 'resolve', { person: 'ana' });
    expect((await stack.tocsin.call('DELETE', '/api/v1/config/Drill/clocked')).status).toBe(204);
  });

  it('gives way when a real incident that was open before rises to P1', async () => {
    const real = await stack.declare({ title: 'Small, then grave', severity: 'info' });
    expect(real.priority > 'P2').toBe(true);
    const started = await start('yields');
    expect((await run(started.id)).state).toBe('running');
    await stack.tell(real.number, 'priority', { person: 'ana', priority: 'P1' });
    const over = await until(started.id, ({ state }) => state === 'aborted');
    expect(over.abortedBy).toBe('tocsin');
    await stack.tell(real.number, 'resolve', { person: 'ana' });
  });

  it('may be stopped by a person, once', async () => {
    const started = await start('yields');
    const stop = () =>
      stack.tocsin.call('POST', `/api/v1/drills/runs/${started.id}/abort`, { reason: 'enough' });
    expect(await stop()).toMatchObject({ status: 200, json: { state: 'aborted', abortedBy: 'admin-token' } });
    expect(await stop()).toMatchObject({ status: 409, json: { code: 'drill_aborted' } });
    const [entry] = await stack.tocsin.sql<{ actor: string }>(
      `SELECT actor FROM audit_entry WHERE action = 'drill.abort' AND actor = 'admin-token'`,
    );
    expect(entry).toBeDefined();
  });

  it('is one incident, however many alerts its scenario has', async () => {
    await stack.apply(
      drill(
        'spreads',
        `inject:
  - {alert: {title: "Replica lag 900 s"}}
  - {alert: {title: "Queue is full"}}
  - {after: 1s, alert: {title: "Primary is down"}}
expect: [{acknowledgedWithin: 5m}]`,
      ),
    );
    const started = await start('spreads');
    const { number } = await incidentOf(started.incident);
    await stack.until(number, ({ alertsTotal }) => alertsTotal === 3);
    expect(await stack.tocsin.sql('SELECT 1 FROM incident WHERE drill = $1', [started.id])).toHaveLength(1);
    await stack.tocsin.call('POST', `/api/v1/drills/runs/${started.id}/abort`, { reason: 'seen enough' });
  });

  it('rehearses that somebody does not answer', async () => {
    await stack.apply(`---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: quick}
spec: {team: checkout, repeat: 0, steps: [{notify: [{person: ana}], wait: 1s}, {notify: [{person: bo}], wait: 1h}]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: quick}
spec: {displayName: Quick, team: checkout, tier: 1, group: {by: none}, policy: quick, plan: default}
---
apiVersion: tocsin/v1
kind: Drill
metadata: {name: silent-ana}
spec:
  service: quick
  inject: [{silence: {person: ana}}, {alert: {title: "Ana is on a plane", severity: critical}}]
  expect: [{acknowledgedWithin: 5m}]
`);
    const started = await start('silent-ana');
    const { number } = await incidentOf(started.incident);
    await stack.phones.of('bo').expects({ incident: number, step: 2 });
    expect(stack.phones.of('ana').received({ incident: number })).toEqual([]);
    expect(await stack.deliveries(number)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ person: 'ana', state: 'suppressed', reason: 'silenced by the drill' }),
      ]),
    );
  });
});

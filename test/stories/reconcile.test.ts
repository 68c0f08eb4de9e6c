/** `tocsin-reconcile`: Temporal has lost state that the record has, and is repaired without paging anybody twice. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Gauge } from 'prom-client';
import { pino } from 'pino';
import { SystemReply } from '../../contracts/api/system.js';
import { createDataSource } from '../../db/connection/data-source.js';
import { Outbox } from '../../db/incident/outbox.js';
import { checkDrift } from '../../worker/reconcile/check-drift.js';
import { setClockAhead } from '../harness/clock.js';
import { eventually } from '../harness/eventually.js';
import { reconcile as runReconcile } from '../harness/reconcile.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
}, 90_000);

afterAll(() => stack.end(), 60_000);

const reconcile = (...args: string[]): Promise<{ code: number; out: string }> =>
  runReconcile(stack.tocsin, process.env['TOCSIN_TEST_TEMPORAL'] ?? '', ...args);

const workflow = async (id: string) =>
  (await stack.tocsin.histories.client()).workflow.getHandle(`incident/${id}`);
/** The record pages without waiting for Temporal, so a first page may come before the workflow has started. */
const begun = (id: string): Promise<unknown> =>
  eventually(async () => (await workflow(id)).describe(), {
    what: 'a workflow that has begun',
  });
const statusOf = async (id: string): Promise<string> => (await (await workflow(id)).describe()).status.name;
/**
 * Recent changes may still be in the outbox and are no drift. The record's events cannot be made older, so its clock
 * is moved.
 */
const itIsLater = (minutes: number): Promise<void> => setClockAhead(stack.tocsin.sql, minutes * 60_000);

describe('when Temporal has lost an incident', () => {
  it('says so and changes nothing, then starts its workflow from the record; nobody is paged twice', async () => {
    const { number, id } = await stack.declare({ title: 'Lost by Temporal' });
    await stack.phones.of('ana').expectsPage(number);
    await begun(id);
    expect((await reconcile()).out).toContain('in step');
    await (await workflow(id)).terminate('lost');
    await itIsLater(5);

    const listed = await eventually(
      async () => {
        const found = await reconcile('--json');
        return found.code === 10 ? found : undefined;
      },
      { what: 'drift that is listed', timeoutMs: 30_000 },
    );
    expect(listed.out).toContain(`${number} is open and no workflow runs for it`);
    expect(await statusOf(id)).toBe('TERMINATED');

    const repaired = await reconcile('--repair');
    expect(repaired).toMatchObject({ code: 0, out: expect.stringContaining('started from the record') });
    await eventually(async () => (await statusOf(id)) === 'RUNNING', { what: 'a workflow that runs' });
    await eventually(async () => (await reconcile()).code === 0, { what: 'nothing left', timeoutMs: 30_000 });

    await stack.tell(number, 'escalate', { person: 'cleo' });
    await stack.until(number, (incident) => incident.escalation.step === 2);
    expect(stack.phones.of('ana').received({ incident: number, step: 1, cycle: 0 })).toHaveLength(1);
  }, 120_000);

  it('sees it although something else of that incident is still to be told', async () => {
    const { number, id } = await stack.declare({ title: 'Lost beside its run' });
    await stack.phones.of('ana').expectsPage(number);
    await begun(id);
    // Addressed to a workflow that does not exist, the row stays in the outbox, like the signals of a run without a
    // workflow.
    await stack.tocsin.sql(
      `INSERT INTO outbox (workflow_id, incident_id, message, created_at) VALUES ('nobody/' || $1, $1::uuid, '{}', tocsin_now())`,
      [id],
    );
    await (await workflow(id)).terminate('lost');
    await itIsLater(10);
    const found = await eventually(
      async () => {
        const listed = await reconcile();
        return listed.code === 10 ? listed : undefined;
      },
      { what: 'drift that is listed', timeoutMs: 30_000 },
    );
    expect(found.out).toContain(`${number} is open and no workflow runs for it`);
    expect((await reconcile('--repair')).code).toBe(0);
    expect(await statusOf(id)).toBe('RUNNING');
    await stack.tocsin.sql(
      `UPDATE outbox SET delivered_at = tocsin_now() WHERE workflow_id = 'nobody/' || $1`,
      [id],
    );
  }, 90_000);

  it('ends a workflow that goes on although its incident is closed, and says that nothing is left', async () => {
    const { number, id } = await stack.declare({ title: 'Over' });
    await stack.phones.of('ana').expectsPage(number);
    await begun(id);
    await stack.tell(number, 'resolve', { person: 'ana' });
    const reason = 'a test has nothing to learn from';
    const path = `/api/v1/incidents/${number}/postmortem/waive`;
    expect((await stack.tocsin.call('POST', path, { reason, person: 'ana' })).status).toBe(200);
    await eventually(async () => (await statusOf(id)) === 'COMPLETED', { what: 'a workflow that has ended' });
    const client = await stack.tocsin.histories.client();
    // No worker runs its code: like a workflow that cannot replay its history, it processes no signal.
    await client.workflow.start('nobody', { workflowId: `incident/${id}`, taskQueue: 'nowhere', args: [] });
    await stack.tocsin.sql(`UPDATE incident SET closed_at = closed_at - interval '5 minutes' WHERE id = $1`, [
      id,
    ]);
    await eventually(
      async () => (await reconcile()).out.includes(`still runs for ${number}, which is closed`),
      {
        what: 'an orphan that is listed',
        timeoutMs: 30_000,
      },
    );
    const repaired = await reconcile('--repair');
    expect(repaired).toMatchObject({ code: 0, out: expect.stringContaining('did not end by itself: ended') });
    expect(await statusOf(id)).toBe('TERMINATED');
  }, 120_000);

  it('rebuilds one by name, and refuses a name that is not open', async () => {
    const { number, id } = await stack.declare({ title: 'Cannot replay' });
    await stack.phones.of('ana').expectsPage(number);
    await begun(id);
    const before = (await (await workflow(id)).describe()).runId;
    expect(await reconcile('--rehydrate', number)).toMatchObject({ code: 0 });
    await eventually(
      async () => {
        const { runId, status } = await (await workflow(id)).describe();
        return runId !== before && status.name === 'RUNNING';
      },
      { what: 'a new run' },
    );
    await stack.tell(number, 'acknowledge', { person: 'ana' });
    expect(stack.phones.of('ana').received({ incident: number })).toHaveLength(1);
    expect(await reconcile('--rehydrate', 'INC-999999')).toMatchObject({
      code: 1,
      out: expect.stringContaining('is not an open incident'),
    });
  }, 60_000);

  it('the worker says by itself what it found, and that all is well again', async () => {
    const client = await stack.tocsin.histories.client();
    const dataSource = createDataSource({ url: stack.tocsin.databaseUrl, name: 'reconcile', poolSize: 1 });
    await dataSource.initialize();
    const drift = new Gauge({ name: 'drift', help: 'test', labelNames: ['kind'], registers: [] });
    const outbox = new Outbox(dataSource);
    const status = async () => {
      await checkDrift({ dataSource, client, outbox, drift, log: pino({ level: 'silent' }) });
      const { watchdogs } = await stack.tocsin.ask(SystemReply, 'GET', '/api/v1/system');
      return watchdogs.find(({ name }) => name === 'reconcile');
    };
    try {
      const id = randomUUID();
      const stray = await client.workflow.start('nobody', {
        workflowId: `incident/${id}`,
        taskQueue: 'nowhere',
        args: [],
      });
      await eventually(async () => (await status())?.ok === false, {
        what: 'a stray workflow that is seen',
      });
      expect((await status())?.text).toContain(`incident ${id}, which is not on the record`);
      await stray.terminate('stray');
      await eventually(async () => (await status())?.ok === true, { what: 'all well again' });
      expect((await status())?.text).toBe('PostgreSQL and Temporal agree about what is open');
    } finally {
      await dataSource.destroy();
    }
  }, 60_000);
});

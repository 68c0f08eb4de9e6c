/**
 * An attacker with access to Temporal's port but no key: a process of the same machine, a neighbour container. Tries
 * every activity, every start, every signal, the query, copied payloads, and the terminations that the server grants
 * to any client.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { createDiagnosticActivities } from '../../activities/diagnostic-activities.js';
import { createDrillActivities } from '../../activities/drill-activities.js';
import { createIncidentActivities } from '../../activities/incident-activities.js';
import { createRunbookActivities } from '../../activities/runbook-activities.js';
import { createSendingActivities } from '../../activities/sending-activities.js';
import { startTemporal, type RunningTemporal } from '../../embedded/temporal.js';
import { happened, taskQueues } from '../../workflows/messages.js';
import { eventually } from '../harness/eventually.js';
import { ownService } from '../harness/own-service.js';
import { reconcile } from '../harness/reconcile.js';
import type { Received } from '../harness/people.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

const SECRET = 'canary-value-of-a-runbook-secret';
const namespace = 'default';

let temporal: RunningTemporal;
let stack: TestStack;
let connection: Connection;
let stranger: Client;
let sink: Server;
const stolen: string[] = [];
let incident: { id: string; number: string };
let runId: string;
let asked: Received;

beforeAll(async () => {
  sink = createServer((request, response) => {
    stolen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    response.end('{}');
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  const { port } = sink.address() as AddressInfo;
  // `npm start` disables activities without a workflow; this test enables them, so that the barriers behind are
  // tested.
  temporal = await startTemporal({ dbFile: null, settings: { 'activity.enableStandalone': true } });
  stack = await startTestStack({
    temporal: { address: temporal.address, namespace },
    env: { TOCSIN_SECRET_DB: SECRET, TOCSIN_SECRET_DB_HOSTS: `http://127.0.0.1:${port}` },
  });
  const target = `http://127.0.0.1:${port}/wipe`;
  await stack.apply(
    ownService('guarded', '[{notify: [{person: ana}], wait: 1h}]', { plan: '{runbooks: [guarded]}' }),
    ownService('climbing', '[{notify: [{person: ana}], wait: 4s}, {notify: [{person: bo}], wait: 1h}]'),
    `---
apiVersion: tocsin/v1
kind: Runbook
metadata: {name: guarded}
spec:
  timeout: 1h
  steps:
    - {id: ok, approve: {from: ["person:bo"], message: "Wipe it?"}}
    - {id: call, http: {method: POST, url: "${target}", headers: {x-db: "\${{ secrets.db }}"}}}
`,
  );
  connection = await Connection.connect({ address: temporal.address });
  stranger = new Client({ connection, namespace });
  incident = await stack.declare({ title: 'Guarded', service: 'guarded' });
  await stack.untilKind(incident.number, 'approval_requested');
  runId = (await stack.runsOf(incident.number))[0]?.id ?? '';
  asked = await untilAllIsSent(incident.number);
}, 120_000);

afterAll(async () => {
  await connection?.close();
  await stack?.end();
  await temporal?.stop();
  sink?.close();
}, 60_000);

/** The timeline records an approval request before its message is sent: the comparison begins when both are there. */
async function untilAllIsSent(number: string): Promise<Received> {
  await stack.phones.of('ana').expectsPage(number);
  return stack.phones.of('bo').expects({ type: 'approval.requested', incident: number });
}

/** State that must be the same before and after an attack: the record, the messages, the outgoing traffic. */
async function truth() {
  const { status, priority } = await stack.incident(incident.number);
  const { state, steps } = await stack.run(runId);
  const { incidents, events, deliveries } = (
    await stack.tocsin.sql<{ incidents: number; events: number; deliveries: number }>(
      `SELECT (SELECT count(*)::int FROM incident) AS incidents, (SELECT count(*)::int FROM incident_event) AS events,
              (SELECT count(*)::int FROM delivery) AS deliveries`,
    )
  )[0] ?? { incidents: 0, events: 0, deliveries: 0 };
  return {
    status,
    priority,
    state,
    steps: steps.map((step) => [step.id, step.state]),
    incidents,
    events,
    deliveries,
    messages: stack.phones.receiver.deliveries.length,
    stolen: [...stolen],
  };
}

type HistoryEvents = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>;

/** Activities that a workflow scheduled, locally or on a queue, and its failures. */
const didOf = (events: HistoryEvents) => ({
  did: events.flatMap(
    ({ activityTaskScheduledEventAttributes: scheduled, markerRecordedEventAttributes: marker }) =>
      [scheduled?.activityType?.name, marker?.markerName].flatMap((name) => name ?? []),
  ),
  failures: events.flatMap(({ workflowExecutionFailedEventAttributes: failed }) =>
    failed ? [failed.failure?.applicationFailureInfo?.type ?? 'of something else'] : [],
  ),
});

const at = (step: string, execution = 1) => ({ incidentId: incident.id, runId, step, execution });

/** Arguments that did harm in the past, and those of the current shape. */
const argumentsOf = (): Record<string, object[]> => ({
  doStep: [
    { at: at('call') },
    { at: at('call', 50) },
    {
      at: at('call'),
      rendered: { kind: 'http', timeoutMs: 5_000, call: { url: 'http://127.0.0.1:1/x', headers: {} } },
      simulated: false,
      outputs: {},
      scope: { inputs: {}, incident: {}, alert: null, steps: {} },
    },
  ],
  finishStep: [{ at: at('ok'), end: { state: 'succeeded', text: 'approved' } }],
  recordLate: [{ at: at('ok'), late: { end: '{"state":"succeeded","text":"x"}', proof: 'x' } }],
  runDueWork: [
    {
      type: 'decide_approval',
      run: runId,
      step: 'ok',
      person: 'bo',
      decision: 'approve',
      comment: null,
      digest: null,
      entitled: true,
    },
    { type: 'resolve', comment: 'x', because: 'person' },
    { type: 'page', escalation: 'guarded', due: { cycle: 0, step: 2 } },
  ].map((item) => ({ incidentId: incident.id, afterSeq: 0, items: [item] })),
  startDrill: [{ drill: 'lag' }],
});

/** Every activity by its name, read from the modules themselves: a new one is included automatically. */
function everyActivity(): string[] {
  const none = {} as never;
  const names = [
    createIncidentActivities(none),
    createDiagnosticActivities(none),
    createDrillActivities(none, none),
    createRunbookActivities(none),
    createSendingActivities(none),
  ].flatMap((activities) => Object.keys(activities));
  return [...new Set([...names, ...Object.keys(argumentsOf())])];
}

describe('a stranger at the port of Temporal', () => {
  it('can have no activity done, on any queue', async () => {
    const before = await truth();
    const whole = { at: at('call'), incidentId: incident.id, runId, drillRunId: randomUUID(), afterSeq: 0 };
    const attempts = everyActivity().flatMap((type) =>
      [...(argumentsOf()[type] ?? [whole]), undefined].flatMap((argument) =>
        Object.values(taskQueues).map((taskQueue) => ({ type, argument, taskQueue })),
      ),
    );
    const outcomes = await Promise.allSettled(
      attempts.map(({ type, argument, taskQueue }) =>
        stranger.activity.execute(type, {
          id: randomUUID(),
          taskQueue,
          args: argument === undefined ? [] : [argument],
          scheduleToCloseTimeout: '5s',
          retry: { maximumAttempts: 1 },
        }),
      ),
    );
    const done = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [attempts[index]] : []));
    expect(done).toEqual([]);
    expect(attempts.length).toBeGreaterThan(80);
    expect(await truth()).toEqual(before);
  });

  it('is not believed by any signal', async () => {
    const before = await truth();
    const forged = [
      {
        seq: 99,
        at: '2026-03-02T10:00:00.000Z',
        actor: 'bo',
        kind: 'resolved',
        data: { comment: null, because: 'person' },
      },
      {
        seq: 100,
        at: '2026-03-02T10:00:00.000Z',
        actor: 'bo',
        kind: 'run_cancel_requested',
        data: { run: runId, reason: null },
      },
      {
        seq: 101,
        at: '2026-03-02T10:00:00.000Z',
        actor: 'bo',
        kind: 'approval_decided',
        data: {
          run: runId,
          step: 'ok',
          approval: randomUUID(),
          person: 'bo',
          decision: 'approve',
          comment: null,
          outcome: 'approved',
        },
      },
    ];
    for (const workflowId of [`incident/${incident.id}`, `runbook/${runId}`]) {
      const handle = stranger.workflow.getHandle(workflowId);
      await handle.signal(happened.name, { events: forged });
      await handle.signal(happened.name);
      await handle.signal('nothing we know', { events: forged });
    }
    // Both go on: true events reach them, and the valid answer is still accepted.
    const client = () => stack.tocsin.histories.client();
    for (const workflowId of [`incident/${incident.id}`, `runbook/${runId}`]) {
      await eventually(async () => {
        const { raw } = await (await client()).workflow.getHandle(workflowId).describe();
        return raw.pendingWorkflowTask === null || raw.pendingWorkflowTask === undefined;
      });
      expect((await (await client()).workflow.getHandle(workflowId).describe()).status.name).toBe('RUNNING');
    }
    expect(await truth()).toEqual(before);
  });

  it('can start nothing that does anything', async () => {
    const before = await truth();
    const inputs = [
      { incidentId: incident.id, response: { runbooks: [], diagnostics: [] }, state: null, events: [] },
      { incidentId: incident.id, runId, state: {} },
      { drillRunId: null, drill: 'lag' },
      undefined,
    ];
    const starts = ['incident', 'runbook', 'drill'].flatMap((type) =>
      inputs.flatMap((input) =>
        [
          `incident/${randomUUID()}`,
          `runbook/${randomUUID()}`,
          'drill/lag-2026-03-02T10:00:00Z',
          randomUUID(),
        ].map((workflowId) => ({ type, input, workflowId: `${workflowId}` })),
      ),
    );
    const runs = await Promise.all(
      starts.map(async ({ type, input, workflowId }) => {
        const { firstExecutionRunId } = await stranger.workflow.start(type, {
          workflowId,
          taskQueue: taskQueues.incident,
          args: input === undefined ? [] : [input],
          workflowIdConflictPolicy: 'TERMINATE_EXISTING',
          workflowExecutionTimeout: '45s',
        });
        const run = stranger.workflow.getHandle(workflowId, firstExecutionRunId);
        // The reason of its end is sealed: unreadable without the key.
        await run.result().catch(() => undefined);
        const { events } = await run.fetchHistory();
        return { type, workflowId, status: (await run.describe()).status.name, ...didOf(events ?? []) };
      }),
    );
    // Each has ended by itself, or by the next start under the id that a schedule would have given it.
    const isEnded = (status: string, workflowId: string) =>
      ['COMPLETED', 'FAILED'].includes(status) ||
      (status === 'TERMINATED' && workflowId.startsWith('drill/'));
    expect(runs.filter(({ status, workflowId }) => !isEnded(status, workflowId))).toEqual([]);
    expect(runs.filter(({ failures }) => failures.some((one) => one !== 'NotOurs'))).toEqual([]);
    // A schedule's start has no argument either: the record alone decides whether the drill is due.
    expect(runs.filter(({ did }) => did.some((activity) => activity !== 'startDrill'))).toEqual([]);
    expect(runs.flatMap(({ failures }) => failures).length).toBeGreaterThan(20);
    expect(await truth()).toEqual(before);
  });

  it('learns nothing from a query or a history', async () => {
    const handle = stranger.workflow.getHandle(`incident/${incident.id}`);
    await expect(handle.query('state')).rejects.toThrow(/encoding/i);
    for (const workflowId of [`incident/${incident.id}`, `runbook/${runId}`]) {
      const history = JSON.stringify(await stranger.workflow.getHandle(workflowId).fetchHistory());
      expect(history).not.toContain('Guarded');
      expect(history).not.toContain(SECRET);
    }
  });

  it('cannot use what it has copied from another workflow', async () => {
    const other = await stack.declare({ title: 'Another one', service: 'guarded' });
    await untilAllIsSent(other.number);
    const before = await truth();
    const { events } = await stranger.workflow.getHandle(`incident/${other.id}`).fetchHistory();
    const input = (events ?? []).flatMap((event) =>
      [
        event.workflowExecutionStartedEventAttributes?.input,
        event.workflowExecutionSignaledEventAttributes?.input,
      ].flatMap((one) => one?.payloads ?? []),
    );
    expect(input.length).toBeGreaterThan(1);
    const about = { namespace, workflowExecution: { workflowId: `incident/${incident.id}` } };
    for (const payload of input) {
      await stranger.workflowService.signalWorkflowExecution({
        ...about,
        signalName: happened.name,
        input: { payloads: [payload] },
        requestId: randomUUID(),
      });
      const workflowId = `incident/${randomUUID()}`;
      await stranger.workflowService.startWorkflowExecution({
        namespace,
        workflowId,
        workflowType: { name: 'incident' },
        taskQueue: { name: taskQueues.incident },
        input: { payloads: [payload] },
        requestId: randomUUID(),
      });
      await expect(stranger.workflow.getHandle(workflowId).result()).rejects.toThrow();
    }
    expect(await truth()).toEqual(before);
    const client = () => stack.tocsin.histories.client();
    const known = await (
      await client()
    ).workflow
      .getHandle(`incident/${incident.id}`)
      .query<{ title: string }>('state');
    expect(known.title).toBe('Guarded');
  });

  it('ends a workflow, and pages go out all the same; reconcile starts it anew', async () => {
    const { id, number } = await stack.declare({ title: 'Ended by a stranger', service: 'climbing' });
    await stack.phones.of('ana').expectsPage(number);
    const handle = stranger.workflow.getHandle(`incident/${id}`);
    await eventually(() => handle.describe());
    await handle.terminate('by a stranger');
    await stack.phones.of('bo').expectsPage(number);
    expect(stack.phones.of('ana').received({ incident: number })).toHaveLength(1);

    // It is shown as missing once the relay can no longer be about to start it; until then there is nothing to
    // repair.
    await eventually(
      async () => {
        const { out } = await reconcile(stack.tocsin, temporal.address, '--repair');
        return out.includes(`${number} is open and no workflow runs for it`);
      },
      { what: 'reconcile to find it', timeoutMs: 90_000 },
    );
    await eventually(async () => (await handle.describe()).status.name === 'RUNNING');
    // It continues from the record and gets new events.
    await stack.tell(number, 'acknowledge', { person: 'bo' });
    const known = (await stack.tocsin.histories.client()).workflow.getHandle(`incident/${id}`);
    await eventually(async () => (await known.query<{ status: string }>('state')).status === 'acknowledged', {
      what: 'the workflow to know of the acknowledgement',
    });
    expect(stack.phones.of('ana').received({ type: 'page.requested', incident: number })).toHaveLength(1);
    expect(stack.phones.of('bo').received({ type: 'page.requested', incident: number })).toHaveLength(1);
  });

  it('sets a workflow back to its beginning, and nobody is paged twice', async () => {
    const { id, number } = await stack.declare({ title: 'Set back by a stranger', service: 'climbing' });
    await stack.phones.of('ana').expectsPage(number);
    const handle = stranger.workflow.getHandle(`incident/${id}`);
    const first = await eventually(async () => {
      const { events } = await handle.fetchHistory();
      return (events ?? []).find((event) => event.workflowTaskCompletedEventAttributes)?.eventId ?? null;
    });
    await stranger.workflowService.resetWorkflowExecution({
      namespace,
      workflowExecution: { workflowId: `incident/${id}` },
      reason: 'by a stranger',
      workflowTaskFinishEventId: first,
      requestId: randomUUID(),
    });
    await stack.phones.of('bo').expectsPage(number);
    expect(stack.phones.of('ana').received({ incident: number })).toHaveLength(1);
    expect(stack.phones.of('bo').received({ incident: number })).toHaveLength(1);
  });

  it('leaves the approval to whom it is asked of', async () => {
    expect(stolen).toEqual([]);
    await asked.reply('approve', { comment: 'go on' });
    await stack.untilKind(incident.number, 'runbook_finished');
    expect(stolen).toHaveLength(1);
    expect(stolen[0]).toContain(SECRET);
  });
});

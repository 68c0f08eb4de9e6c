import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { EgressOutcome, EgressRequest } from '../ports/egress.js';
import { createRunbookActivities } from '../activities/runbook-activities.js';
import type { RunCommand } from '../domain/incident/commands.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { RunbookStep } from '../domain/runbook/definition.js';
import { findTemporalCli } from '../embedded/temporal-cli.js';
import { eventually } from '../embedded/testing/eventually.js';
import { runbookWorkflowId } from '../domain/shared/workflow-ids.js';
import { happened, taskQueues } from './messages.js';
import type { runbook } from './runbook.js';
import { openProof, RecordedRun } from './testing/recorded-run.js';

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundle;
let worker: Worker;
let working: Promise<void>;
const runs = new Map<string, { record: RecordedRun; calls: EgressRequest[]; answers: EgressOutcome[] }>();

const answered = (status: number, body: unknown): EgressOutcome => ({
  kind: 'answered',
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  truncated: false,
  ms: 3,
});

/** One worker serves all runs of this file; each call finds its own run's record by id. */
const activities = (): ReturnType<typeof createRunbookActivities> => {
  const of = (runId: string) => {
    const found = runs.get(runId);
    if (found === undefined) throw new Error(`no run ${runId}`);
    const { record, calls, answers } = found;
    return createRunbookActivities({
      runs: record,
      egress: {
        request: async (request) => {
          calls.push(request);
          return answers.shift() ?? answered(200, { lag: 12 });
        },
        resolve: async () => ({ kind: 'refused', reason: 'not in this test' }),
      },
      checks: { run: async () => ({ ok: true, summary: '200 in 3 ms', output: '', ms: 3 }) },
      notices: { notify: async () => ({ people: ['bo'] }) },
      proof: openProof,
    });
  };
  return {
    loadRun: (request) => of(request.runId).loadRun(request),
    doStep: (request) => of(request.at.runId).doStep(request),
    recordLate: (request) => of(request.at.runId).recordLate(request),
    loseStep: (request) => of(request.at.runId).loseStep(request),
    passStep: (request) => of(request.at.runId).passStep(request),
    beginWait: (request) => of(request.at.runId).beginWait(request),
    endWait: (request) => of(request.at.runId).endWait(request),
    requestPeople: (request) => of(request.at.runId).requestPeople(request),
    status: (request) => of(request.at.runId).status(request),
    runStatus: (request) => of(request.runId).runStatus(request),
    escalateIncident: (request) => of(request.at.runId).escalateIncident(request),
    finishRun: (request) => of(request.runId).finishRun(request),
  };
};

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const executable = { type: 'existing-path', path: findTemporalCli() } as const;
  [env, bundle] = await Promise.all([
    TestWorkflowEnvironment.createLocal({ server: { executable } }),
    bundleWorkflowCode({
      workflowsPath: join(import.meta.dirname, 'runbook.ts'),
      logger: new DefaultLogger('ERROR'),
    }),
  ]);
  worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: taskQueues.runbook,
    workflowBundle: bundle,
    activities: activities(),
    // Every task replays the run from its beginning, so that non-deterministic code fails here.
    maxCachedWorkflows: 0,
  });
  working = worker.run();
}, 60_000);

afterAll(async () => {
  worker.shutdown();
  await working;
  await env.teardown();
}, 60_000);

interface Running {
  id: string;
  record: RecordedRun;
  calls: EgressRequest[];
  handle: WorkflowHandle<typeof runbook>;
  /** Commits a person's command and signals its events to the workflow, as the relay does. */
  person(command: RunCommand, times?: number): Promise<IncidentEvent[]>;
  signal(events: IncidentEvent[]): Promise<void>;
}

async function start(
  steps: RunbookStep[],
  more: { answers?: EgressOutcome[]; timeout?: string; simulated?: boolean; outages?: number } = {},
): Promise<Running> {
  const id = randomUUID();
  const { answers = [], timeout = '5m', simulated = false, outages = 0 } = more;
  const record = new RecordedRun({ runId: id, steps, timeout, simulated });
  record.outages = outages;
  const calls: EgressRequest[] = [];
  runs.set(id, { record, calls, answers });
  const handle = await env.client.workflow.start<typeof runbook>('runbook', {
    taskQueue: taskQueues.runbook,
    workflowId: runbookWorkflowId(id),
    args: [{ incidentId: 'incident-1', runId: id, state: record.builder.state }],
  });
  const signal = (events: IncidentEvent[]) => handle.signal(happened, { events });
  return {
    id,
    record,
    calls,
    handle,
    signal,
    async person(command, times = 1) {
      const events = record.byPerson('bo', command);
      for (let n = 0; n < times; n++) await signal(events);
      return events;
    },
  };
}

const lag: RunbookStep = {
  id: 'lag',
  http: { url: 'https://db.example.com/lag/${{ inputs.host }}' },
  outputs: { seconds: '${{ result.body.lag }}' },
};
const drain: RunbookStep = { id: 'drain', http: { method: 'POST', url: 'https://db.example.com/drain' } };
const ok: RunbookStep = { id: 'ok', approve: { from: ['person:bo'], message: 'Drain ${{ inputs.host }}?' } };
const verify: RunbookStep = { id: 'verify', manual: 'Canary writes succeed' };
const waiting = (run: Running, step: string) =>
  eventually(() => expect(run.record.states[step]).toBe('waiting'));

const approve = (run: Running, decision: 'approve' | 'reject'): RunCommand => ({
  type: 'decide_approval',
  run: run.id,
  step: 'ok',
  person: 'bo',
  decision,
  comment: null,
  digest: run.record.run.steps['ok']?.approval?.digest ?? null,
  entitled: true,
});
const complete = (run: Running): RunCommand => ({
  type: 'complete_step',
  run: run.id,
  step: 'verify',
  person: 'bo',
  comment: null,
});

describe('a run', () => {
  it('does its steps in order, asks people, branches and ends', async () => {
    const choose: RunbookStep = {
      id: 'choose',
      switch: [{ if: '${{ steps.lag.outputs.seconds < 5 }}', goto: 'verify' }],
    };
    const never: RunbookStep = { id: 'never', if: '${{ steps.lag.outputs.seconds > 100 }}', wait: '1h' };
    const run = await start([lag, choose, never, ok, drain, { id: 'pause', wait: '10ms' }, verify]);
    await waiting(run, 'ok');
    expect(run.calls.map((call) => call.url)).toEqual(['https://db.example.com/lag/db-1']);
    expect(run.record.run.steps['ok']?.approval).toMatchObject({
      message: 'Drain db-1?',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    await run.person(approve(run, 'approve'));
    await waiting(run, 'verify');
    expect(run.calls[1]).toMatchObject({
      method: 'POST',
      headers: { 'idempotency-key': `${run.id}/drain/1` },
    });
    await run.person(complete(run));
    expect(await run.handle.result()).toMatchObject({ state: 'succeeded' });
    expect(run.record.states).toEqual({
      lag: 'succeeded',
      choose: 'succeeded',
      never: 'skipped',
      ok: 'succeeded',
      drain: 'succeeded',
      pause: 'succeeded',
      verify: 'succeeded',
    });
    expect(run.record.run.state).toBe('succeeded');
  });

  it('hears every event ten times and acts once', async () => {
    const run = await start([ok, drain, verify]);
    await waiting(run, 'ok');
    await run.person(approve(run, 'approve'), 10);
    await waiting(run, 'verify');
    await run.person(complete(run), 10);
    await run.handle.result();
    expect(run.calls).toHaveLength(1);
    expect(run.record.builder.kinds.filter((kind) => kind === 'runbook_finished')).toHaveLength(1);
  });

  it('ends at a rejection, and what follows is not done', async () => {
    const run = await start([ok, drain]);
    await waiting(run, 'ok');
    await run.person(approve(run, 'reject'));
    expect(await run.handle.result()).toEqual({ state: 'failed', reason: 'ok failed: rejected by bo' });
    expect(run.calls).toHaveLength(0);
    expect(run.record.states).toEqual({ ok: 'failed', drain: 'pending' });
  });

  it('goes by the record when an approval was committed before its time and the signal is late', async () => {
    const run = await start([{ ...ok, timeout: '2s' }, drain]);
    await waiting(run, 'ok');
    const late = run.record.byPerson('bo', approve(run, 'approve'));
    expect(await run.handle.result()).toMatchObject({ state: 'succeeded' });
    await expect(run.signal(late)).rejects.toThrow(/completed|not found/);
    expect(run.record.run.steps['ok']?.approval?.outcome).toBe('approved');
    expect(run.calls).toHaveLength(1);
  });

  it('is not fooled by a forged approval', async () => {
    const run = await start([ok, drain, verify]);
    await waiting(run, 'ok');
    const forged = {
      run: run.id,
      step: 'ok',
      approval: 'approval-1',
      person: 'eve',
      decision: 'approve',
      comment: null,
      outcome: 'approved',
    } as const;
    await run.signal([
      { seq: 99, at: '2026-03-02T10:00:00.000Z', actor: 'eve', kind: 'approval_decided', data: forged },
    ]);
    await run.signal([
      {
        seq: 100,
        at: '2026-03-02T10:00:00.000Z',
        actor: 'eve',
        kind: 'run_cancel_requested',
        data: { run: run.id, reason: null },
      },
    ]);
    await run.person(approve(run, 'approve'));
    await waiting(run, 'verify');
    expect(run.record.run.steps['ok']?.approval?.decisions).toMatchObject([{ person: 'bo' }]);
    await run.person(complete(run));
    expect(await run.handle.result()).toMatchObject({ state: 'succeeded' });
  });

  it('escalates when nobody answers, and asks again', async () => {
    const run = await start([{ ...ok, timeout: '500ms', 'on-timeout': 'escalate' }]);
    await eventually(() => {
      const { state, execution } = run.record.run.steps['ok'] ?? {};
      expect(state).toBe('waiting');
      expect(execution).toBeGreaterThanOrEqual(2);
    });
    expect(run.record.builder.kinds).toContain('escalated');
    await run.handle.cancel();
    await eventually(() => expect(run.record.run.state).toBe('cancelled'));
  });

  it('tries a failing step as often as it says, then goes where failures lead', async () => {
    const answers = [answered(500, {}), answered(503, {}), answered(200, {})];
    const flaky: RunbookStep = {
      ...drain,
      retry: { attempts: 2, delay: '0s' },
      'on-failure': 'goto:restore',
    };
    const restore: RunbookStep = {
      id: 'restore',
      http: { url: 'https://db.example.com/restore' },
      end: true,
    };
    const run = await start([flaky, lag, restore, verify], { answers });
    expect(await run.handle.result()).toMatchObject({ state: 'succeeded', reason: 'ends at restore' });
    expect(run.calls.map((call) => call.url.split('/').at(-1))).toEqual(['drain', 'drain', 'restore']);
    expect(run.record.states).toMatchObject({
      drain: 'failed',
      lag: 'pending',
      restore: 'succeeded',
      verify: 'pending',
    });
  });

  it('does a step once when it was done and the record could not be written', async () => {
    const run = await start([drain], { outages: 2 });
    expect(await run.handle.result()).toMatchObject({ state: 'succeeded' });
    expect(run.calls).toHaveLength(1);
  });

  it('does a failed step again when people ask for it while it waits elsewhere', async () => {
    const run = await start([{ ...lag, 'on-failure': 'continue' }, verify, drain], {
      answers: [answered(500, {})],
    });
    await waiting(run, 'verify');
    expect(run.record.states['lag']).toBe('failed');
    await run.person({ type: 'retry_step', run: run.id, step: 'lag', person: 'bo' });
    await eventually(() => expect(run.record.states).toMatchObject({ lag: 'succeeded', verify: 'waiting' }));
    await run.person(complete(run));
    expect(await run.handle.result()).toMatchObject({ state: 'succeeded' });
    expect(run.record.kept.get('lag')?.outputs).toEqual({ seconds: 12 });
  });

  it('is cancelled by people in the middle of a wait', async () => {
    const run = await start([{ id: 'pause', wait: '1h' }, drain]);
    await eventually(async () => expect((await run.handle.describe()).historyLength).toBeGreaterThan(12));
    await run.person({ type: 'cancel_run', run: run.id, reason: 'wrong host' });
    expect(await run.handle.result()).toEqual({ state: 'cancelled', reason: 'the run was cancelled' });
    expect(run.record.states).toEqual({ pause: 'cancelled', drain: 'pending' });
    expect(run.record.run.state).toBe('cancelled');
  });

  it('fails when it takes longer than it may, and the open approval with it', async () => {
    const run = await start([ok], { timeout: '1s' });
    expect(await run.handle.result()).toEqual({ state: 'failed', reason: 'the run took longer than 1s' });
    expect(run.record.run.steps['ok']).toMatchObject({
      state: 'cancelled',
      approval: { outcome: 'expired' },
    });
  });

  it('leaves external effects out in a drill, unless the step is meant for it', async () => {
    const rehearsed: RunbookStep = { ...lag, id: 'rehearsed', drill: true };
    const lost: RunbookStep = { ...drain, id: 'lost', if: '${{ steps.lag.outputs.seconds > 1 }}' };
    const run = await start(
      [lag, rehearsed, lost, { id: 'tell', notify: { text: 'lag ${{ steps.lag.outputs.seconds }}' } }],
      { simulated: true },
    );
    expect(await run.handle.result()).toMatchObject({ state: 'succeeded' });
    expect(run.calls.map((call) => call.url)).toEqual(['https://db.example.com/lag/db-1']);
    expect(run.record.kept.get('lag')).toMatchObject({ text: 'simulated http', result: { simulated: true } });
    expect(run.record.states).toMatchObject({
      lag: 'succeeded',
      rehearsed: 'succeeded',
      lost: 'skipped',
      tell: 'succeeded',
    });
  });

  it('started anew from the record does not repeat what was done', async () => {
    const first = await start([drain, verify]);
    await waiting(first, 'verify');
    await first.handle.terminate('lost history');
    const again = await env.client.workflow.start<typeof runbook>('runbook', {
      taskQueue: taskQueues.runbook,
      workflowId: runbookWorkflowId(first.id),
      args: [{ incidentId: 'incident-1', runId: first.id, state: first.record.builder.state }],
    });
    await again.signal(happened, { events: first.record.byPerson('bo', complete(first)) });
    expect(await again.result()).toMatchObject({ state: 'succeeded' });
    expect(first.calls).toHaveLength(1);
  });
});

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { StepAt } from '../../ports/runbook.js';
import type { RunbookSpec } from '../../domain/runbook/definition.js';
import { withDatabase } from '../../test/harness/database.js';
import { createStore, type Store } from '../connection/store.js';
import { recordingIncident } from '../testing/review-fixture.js';
import { getRun, listRuns, type RunView } from './run-view.js';

const spec: RunbookSpec = {
  on: {},
  inputs: {
    host: { type: 'string', required: true, default: '${{ alert.labels.db }}' },
    count: { type: 'number' },
  },
  timeout: '30m',
  steps: [
    { id: 'lag', http: { url: 'https://db.example.com/lag' } },
    { id: 'ok', approve: { from: ['role:commander', 'person:cleo'], message: 'Drain?' } },
    { id: 'verify', manual: 'look' },
  ],
};

interface Started {
  store: Store;
  dataSource: DataSource;
  incidentId: string;
  runId: string;
  at(step: string, execution?: number): StepAt;
  view(): Promise<RunView>;
  step(id: string): Promise<RunView['steps'][number]>;
}

/** A run on an incident that `ana` commands. */
const withRun = (work: (run: Started) => Promise<void>): Promise<void> =>
  withDatabase(async (dataSource) => {
    const fixture = await recordingIncident(dataSource);
    await dataSource.query(
      `INSERT INTO config_object (kind, name, revision, spec, author, at) VALUES ('Runbook', 'drain', 1, $1, 'test', tocsin_now())`,
      [JSON.stringify(spec)],
    );
    await dataSource.query('UPDATE config_head SET version = version + 1');
    await fixture.record('ana', { type: 'acknowledge', person: 'ana' });
    const store = createStore(dataSource, randomBytes(32));
    const request = { incidentId: fixture.id, runbook: 'drain', inputs: {}, dryRun: false, startedBy: 'ana' };
    const started = await store.runCommands.start(request);
    if (started.kind !== 'started') throw new Error(started.kind);
    const { runId } = started;
    const view = async (): Promise<RunView> => {
      const found = await getRun(dataSource, runId);
      if (found === null) throw new Error('no run');
      return found;
    };
    await work({
      store,
      dataSource,
      incidentId: fixture.id,
      runId,
      at: (step, execution = 1) => ({ incidentId: fixture.id, runId, step, execution }),
      view,
      async step(id) {
        const found = (await view()).steps.find((one) => one.id === id);
        if (found === undefined) throw new Error(`no step ${id}`);
        return found;
      },
    });
  });

const ask = (run: Started, execution = 1, min = 1) =>
  run.store.runs.requestApproval(run.at('ok', execution), {
    ask: { from: ['role:commander', 'person:cleo'], message: 'Drain?', min },
    content: '{"inputs":{"host":"a"}}',
    digest: 'd1',
    expiresInMs: 60_000,
  });

const decide = (run: Started, person: string, decision: 'approve' | 'reject' = 'approve') =>
  run.store.runCommands.decideApproval({
    runId: run.runId,
    step: 'ok',
    person,
    decision,
    comment: 'yes\u0000',
    digest: 'd1',
  });

const told = async (run: Started): Promise<string[]> => {
  const rows: { kind: string }[] = await run.dataSource.query(
    `SELECT message->>'kind' AS kind FROM outbox WHERE workflow_id = 'runbook/' || $1 ORDER BY id`,
    [run.runId],
  );
  return rows.map((row) => row.kind);
};

describe('a run on the record', () => {
  it('starts with its inputs made from the alert, and is shown as scripts read it', () =>
    withRun(async (run) => {
      const shown = await run.view();
      expect(shown).toMatchObject({
        id: run.runId,
        runbook: 'drain',
        revision: 1,
        incident: run.incidentId,
        state: 'running',
        inputs: { host: 'a' },
        startedBy: 'ana',
        startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      });
      expect(
        shown.steps.map(({ id, kind, state, attempts, approval }) => [id, kind, state, attempts, approval]),
      ).toEqual([
        ['lag', 'http', 'pending', 0, null],
        ['ok', 'approve', 'pending', 0, null],
        ['verify', 'manual', 'pending', 0, null],
      ]);
      expect(await listRuns(run.dataSource, run.incidentId)).toEqual([shown]);
      expect(await getRun(run.dataSource, "no'uuid")).toBeNull();
      expect(await run.store.runs.load(run.runId)).toMatchObject({
        spec: { timeout: '30m' },
        simulated: false,
        context: { incident: { priority: 'P1', commander: 'ana' }, alert: { labels: { db: 'a' } } },
      });
    }));

  it('does not start with wrong inputs or without a runbook, and says everything that is wrong', () =>
    withRun(async ({ store, incidentId }) => {
      const request = {
        incidentId,
        runbook: 'drain',
        inputs: { count: 'many', hots: 'x' },
        dryRun: false,
        startedBy: 'ana',
      };
      expect(await store.runCommands.start(request)).toMatchObject({
        kind: 'invalid_inputs',
        problems: [{ field: 'hots' }, { field: 'count' }],
      });
      expect(await store.runCommands.start({ ...request, runbook: 'nope' })).toMatchObject({
        kind: 'no_runbook',
      });
      expect(
        await store.runCommands.start({ ...request, incidentId: '7b0e5b7e-5a0e-4a57-9d6b-0c3f5a0f6c11' }),
      ).toEqual({ kind: 'no_incident' });
    }));

  it('counts attempts, keeps what they saw and what came of them', () =>
    withRun(async (run) => {
      const { runs } = run.store;
      const at = run.at('lag');
      expect(await runs.claim(at)).toEqual({ kind: 'go' });
      await runs.noteAttempt(at, { result: { status: 500, body: 'a\u0000\ud83d' }, error: 'answered 500' });
      expect(await run.step('lag')).toMatchObject({ state: 'running', attempts: 1, error: 'answered 500' });
      expect(await runs.claim(at)).toEqual({ kind: 'go' });
      const status = await runs.finishStep(at, {
        state: 'succeeded',
        text: 'answered 200',
        outputs: { s: 3 },
        result: { status: 200 },
      });
      expect(status).toMatchObject({ state: 'succeeded', outputs: { s: 3 }, run: 'going' });
      expect(await run.step('lag')).toMatchObject({
        state: 'succeeded',
        attempts: 2,
        error: null,
        output: { text: 'answered 200', outputs: { s: 3 }, result: { status: 200 } },
      });
      // A late repeat of the attempt changes nothing and gets the recorded result.
      expect(await runs.claim(at)).toMatchObject({
        kind: 'ended',
        status: { state: 'succeeded', outputs: { s: 3 } },
      });
      expect(await runs.finishStep(at, { state: 'failed', text: 'late' })).toMatchObject({
        state: 'succeeded',
      });
      expect(await told(run)).toEqual([]);
    }));

  it('asks who is entitled, and takes the answer of nobody else', () =>
    withRun(async (run) => {
      expect(await ask(run)).toMatchObject({ state: 'waiting' });
      expect((await run.view()).state).toBe('waiting');
      expect(await run.store.runs.claim(run.at('verify'))).toEqual({ kind: 'waits_for_people', step: 'ok' });
      expect(await decide(run, 'bo')).toMatchObject({ kind: 'refused', code: 'not_entitled' });
      expect(await decide(run, 'cleo')).toMatchObject({ kind: 'accepted' });
      expect(await decide(run, 'cleo')).toMatchObject({ kind: 'unchanged' });
      expect(await decide(run, 'ana', 'reject')).toMatchObject({ kind: 'refused', code: 'already_decided' });
      expect(await run.step('ok')).toMatchObject({
        state: 'succeeded',
        approval: {
          outcome: 'approved',
          min: 1,
          digest: 'd1',
          decisions: [{ person: 'cleo', decision: 'approve', comment: 'yes\ufffd' }],
        },
      });
      expect((await run.view()).state).toBe('running');
      expect(await told(run)).toEqual(['approval_decided', 'step_finished']);
      expect(await run.store.runs.expire(run.at('ok'))).toMatchObject({ state: 'succeeded' });
    }));

  it('gives an approval one outcome, however an answer and the timer race', () =>
    withRun(async (run) => {
      for (let execution = 1; execution <= 12; execution++) {
        await ask(run, execution, 2);
        await decide(run, 'ana');
        const at = run.at('ok', execution);
        const race = [
          decide(run, 'cleo'),
          run.store.runs.expire(at),
          decide(run, 'cleo'),
          run.store.runs.expire(at),
        ];
        await Promise.all(execution % 2 === 0 ? race : race.reverse());
        const step = await run.step('ok');
        const approved = step.approval?.outcome === 'approved';
        expect([step.state, step.approval?.outcome]).toEqual(
          approved ? ['succeeded', 'approved'] : ['timed_out', 'expired'],
        );
        expect(step.approval?.decisions).toHaveLength(approved ? 2 : 1);
        expect(await run.store.runs.status(at)).toMatchObject({ state: step.state });
      }
    }));

  it('is acted on by people: completed, cancelled, and over for good', () =>
    withRun(async (run) => {
      await run.store.runs.waitForStep(run.at('verify'), 'look');
      expect(await run.step('verify')).toMatchObject({ state: 'waiting', output: { text: 'look' } });
      const completing = { type: 'complete_step', comment: 'looks good' } as const;
      expect(await run.store.runCommands.act(run.runId, 'verify', { actor: 'bo' }, completing)).toMatchObject(
        {
          kind: 'accepted',
        },
      );
      expect(await run.step('verify')).toMatchObject({ state: 'succeeded', output: { text: 'looks good' } });
      await ask(run);
      expect(await run.store.runCommands.cancel(run.runId, { actor: 'bo' }, null)).toMatchObject({
        kind: 'accepted',
      });
      expect(await run.store.runs.claim(run.at('lag'))).toEqual({
        kind: 'stop',
        reason: 'the run was cancelled',
      });
      await run.store.runs.finishRun({ incidentId: run.incidentId, runId: run.runId, state: 'cancelled' });
      expect(await run.view()).toMatchObject({ state: 'cancelled', finishedAt: expect.any(String) });
      expect(await run.step('ok')).toMatchObject({ state: 'cancelled', approval: { outcome: 'expired' } });
      expect(await run.store.runCommands.act('no-run', 'verify', { actor: 'bo' }, completing)).toEqual({
        kind: 'not_found',
      });
    }));
});

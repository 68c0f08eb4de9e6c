/**
 * Activities of a runbook run. Each takes ids and reads their meaning from the record (docs/adr/0027): the caller names a step,
 * never its content or result. Effects run on the queue `runbook`.
 */
import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { moveAfter } from '../domain/runbook/interpret.js';
import { approvalContent } from '../steps/approve/step.js';
import type { RunStatus } from '../domain/runbook/run-status.js';
import { endOfRun, timeLimitMs, scopeOf } from '../domain/runbook/due-step.js';
import { doStep, type DoneStep } from './do-step.js';
import { type LateEnd, openLateEnd } from './late-end.js';
import type { LoadedRun, StepAt, StepClaim, StepStatus } from '../ports/runbook.js';
import { actingStep, loadRun, loadDueStep, pass, type RunbookPorts } from './run-due-step.js';

/** `leftMs`: remaining time on the record's clock; null when it waits for as long as the run lasts. */
export type Waiting = StepStatus & { leftMs: number | null };

interface RunAt {
  incidentId: string;
  runId: string;
}

export const createRunbookActivities = (ports: RunbookPorts) => {
  const { runs } = ports;
  return {
    async loadRun({ runId }: { runId: string }): Promise<Omit<LoadedRun, 'steps'>> {
      const { steps: _steps, ...run } = await loadRun(ports, runId);
      return run;
    },

    /** One attempt. Fails as `StepFailed` or `StepTimedOut`; Temporal retries it as the step's `retry` states. */
    doStep: ({ at }: { at: StepAt }): Promise<DoneStep> => doStep(ports, at),

    /** The end of an attempt that could not be recorded, or of the last failed one. */
    async recordLate({ at, late }: { at: StepAt; late: LateEnd }): Promise<StepStatus> {
      const end = openLateEnd(ports.proof, at, late);
      if (end === null)
        throw ApplicationFailure.nonRetryable('No activity of ours wrote this end', 'NotOfRecord');
      return runs.finishStep(at, end);
    },

    /** An attempt whose worker vanished. Accepted once its time is over by the record's clock. */
    async loseStep({ at }: { at: StepAt }): Promise<StepStatus> {
      const { due } = await actingStep(ports, at, ['effect']);
      const status = await runs.status(at);
      const isNext = status.run === 'going' && at.execution === status.execution + 1;
      if (due === null || !isNext || (status.sinceMs ?? 0) < due.rendered.timeoutMs) return status;
      const text = 'the worker was lost while it was under way; it may have been done';
      return runs.finishStep(at, { state: 'timed_out', text });
    },

    /** A step that ends by its condition, its branch or an invalid expression. */
    async passStep({ at }: { at: StepAt }): Promise<StepStatus> {
      const { due } = await loadDueStep(ports, at);
      return due.kind === 'pass' ? pass(ports, at, due) : runs.status(at);
    },

    async beginWait({ at }: { at: StepAt }): Promise<StepClaim & { leftMs: number }> {
      const { due, passed } = await actingStep(ports, at, ['time']);
      if (due === null) return { kind: 'ended', status: passed, leftMs: 0 };
      const claim = await runs.claim(at);
      const { sinceMs } = await runs.status(at);
      return { ...claim, leftMs: Math.max(0, due.rendered.ms - (sinceMs ?? 0)) };
    },

    async endWait({ at }: { at: StepAt }): Promise<Waiting> {
      const { due, passed } = await actingStep(ports, at, ['time']);
      if (due === null) return { ...passed, leftMs: null };
      const status = await runs.status(at);
      const leftMs = due.rendered.ms - (status.sinceMs ?? 0);
      const isNext = status.run === 'going' && at.execution === status.execution + 1;
      if (!isNext || leftMs > 0) return { ...status, leftMs: isNext ? leftMs : null };
      return { ...(await runs.finishStep(at, { state: 'succeeded', text: 'waited' })), leftMs: null };
    },

    /** Requests a manual step, or an approval of exactly the recorded content. */
    async requestPeople({ at }: { at: StepAt }): Promise<Waiting> {
      const { run, due, passed } = await actingStep(ports, at, ['task', 'approval']);
      if (due === null) return { ...passed, leftMs: null };
      const { rendered } = due;
      const before = await runs.status(at);
      // Already requested, or not next: returns the current state.
      if (before.run !== 'going' || at.execution !== before.execution + 1)
        return withLeft(before, timeLimitMs(rendered));
      if (!('ask' in rendered))
        return withLeft(await runs.waitForStep(at, rendered.text), timeLimitMs(rendered));
      const content = contentOf(at, run, rendered.ask);
      const digest = createHash('sha256').update(content).digest('hex');
      const asked = { ask: rendered.ask, content, digest, expiresInMs: rendered.timeoutMs };
      return withLeft(await runs.requestApproval(at, asked), timeLimitMs(rendered));
    },

    /** The current state. With `expire`, a request whose time is over on the record ends, unless it was answered before. */
    async status({ at, expire }: { at: StepAt; expire: boolean }): Promise<Waiting> {
      const status = await runs.status(at);
      const { due } = await loadDueStep(ports, at);
      const limit = due.kind === 'act' ? timeLimitMs(due.rendered) : null;
      const seen = withLeft(status, limit);
      const isOver = expire && status.state === 'waiting' && seen.leftMs !== null && seen.leftMs <= 0;
      return isOver ? withLeft(await runs.expire(at), limit) : seen;
    },

    runStatus: (run: RunAt): Promise<RunStatus> => runs.runStatus(run),

    /** Escalates the incident when the step's end and its runbook require it. */
    async escalateIncident({ at }: { at: StepAt }): Promise<void> {
      const { run } = await loadDueStep(ports, at);
      const status = await runs.status(at);
      if (status.execution !== at.execution) return;
      const index = run.spec.steps.findIndex((step) => step.id === at.step);
      const move = moveAfter(run.spec, index, status);
      if (move.kind === 'escalate') await runs.escalate(at, move.reason);
    },

    /** `current`: a step still under way; it ends with the run. */
    async finishRun({
      runId,
      incidentId,
      state,
      current,
    }: RunAt & { state: 'succeeded' | 'failed' | 'cancelled'; current: StepAt | null }): Promise<void> {
      const run = await loadRun(ports, runId);
      if (run.incidentId !== incidentId || !['succeeded', 'failed', 'cancelled'].includes(state)) return;
      if (current !== null && current.runId === runId && current.incidentId === incidentId)
        await runs.abandonStep(current);
      await runs.finishRun({ incidentId, runId, state: endOfRun(await loadRun(ports, runId), state) });
    },
  };
};

export type RunbookActivities = ReturnType<typeof createRunbookActivities>;

const withLeft = (status: StepStatus, limitMs: number | null): Waiting => ({
  ...status,
  leftMs:
    limitMs === null || status.state !== 'waiting' ? null : Math.max(0, limitMs - (status.sinceMs ?? 0)),
});

function contentOf(at: StepAt, run: LoadedRun, ask: Parameters<typeof approvalContent>[0]['ask']): string {
  const { runbook, revision, inputs } = run;
  const outputs = Object.fromEntries(
    Object.entries(scopeOf(run).steps).map(([id, step]) => [id, step.outputs]),
  );
  return approvalContent({
    run: at.runId,
    runbook,
    revision,
    step: at.step,
    execution: at.execution,
    ask,
    inputs,
    outputs,
  });
}

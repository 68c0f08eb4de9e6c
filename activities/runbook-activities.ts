/**
 * The effects of a runbook run. Each takes ids and reads from the record what they mean (ADR 27): the caller
 * says which step, never what it does, asks or came to. Doing runs on the queue `runbook`.
 */
import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { moveAfter } from '../domain/runbook/interpret.js';
import { approvalContent } from '../domain/runbook/render-step.js';
import type { RunStanding } from '../domain/runbook/standing.js';
import { endOfRun, patienceMs, scopeOf } from '../domain/runbook/turn.js';
import { doStep, type DoneStep } from './do-step.js';
import { type LateEnd, openLateEnd } from './late-end.js';
import type { LoadedRun, StepAt, StepClaim, StepStanding } from './ports.js';
import { actingTurn, loadRun, loadTurn, pass, type RunbookPorts } from './run-turn.js';

/** `leftMs`: until its time is over, on the clock of the record; null when it waits for as long as the run goes on. */
export type Waiting = StepStanding & { leftMs: number | null };

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

    /** One attempt. Fails as `StepFailed` or `StepTimedOut`; Temporal repeats it as the step's `retry` says. */
    doStep: ({ at }: { at: StepAt }): Promise<DoneStep> => doStep(ports, at),

    /** The end of an attempt that could not be written down, or that was the last one to fail. */
    async recordLate({ at, late }: { at: StepAt; late: LateEnd }): Promise<StepStanding> {
      const end = openLateEnd(ports.proof, at, late);
      if (end === null)
        throw ApplicationFailure.nonRetryable('No activity of ours wrote this end', 'NotOfRecord');
      return runs.finishStep(at, end);
    },

    /** An attempt whose worker vanished. Believed when its own time is over by the record. */
    async loseStep({ at }: { at: StepAt }): Promise<StepStanding> {
      const { turn } = await actingTurn(ports, at, ['http', 'check', 'notify']);
      const standing = await runs.standing(at);
      const isNext = standing.run === 'going' && at.execution === standing.execution + 1;
      if (turn === null || !isNext || (standing.sinceMs ?? 0) < turn.rendered.timeoutMs) return standing;
      const text = 'the worker was lost while it was under way; it may have been done';
      return runs.finishStep(at, { state: 'timed_out', text });
    },

    /** A step that its condition, its branch or its broken expression ends. */
    async passStep({ at }: { at: StepAt }): Promise<StepStanding> {
      const { turn } = await loadTurn(ports, at);
      return turn.kind === 'pass' ? pass(ports, at, turn) : runs.standing(at);
    },

    async beginWait({ at }: { at: StepAt }): Promise<StepClaim & { leftMs: number }> {
      const { turn, passed } = await actingTurn(ports, at, ['wait']);
      if (turn === null) return { kind: 'ended', standing: passed, leftMs: 0 };
      const claim = await runs.claim(at);
      const { sinceMs } = await runs.standing(at);
      return { ...claim, leftMs: Math.max(0, turn.rendered.ms - (sinceMs ?? 0)) };
    },

    async endWait({ at }: { at: StepAt }): Promise<Waiting> {
      const { turn, passed } = await actingTurn(ports, at, ['wait']);
      if (turn === null) return { ...passed, leftMs: null };
      const standing = await runs.standing(at);
      const leftMs = turn.rendered.ms - (standing.sinceMs ?? 0);
      const isNext = standing.run === 'going' && at.execution === standing.execution + 1;
      if (!isNext || leftMs > 0) return { ...standing, leftMs: isNext ? leftMs : null };
      return { ...(await runs.finishStep(at, { state: 'succeeded', text: 'waited' })), leftMs: null };
    },

    /** Asks people: a step by hand, or an approval of exactly what the record says. */
    async askPeople({ at }: { at: StepAt }): Promise<Waiting> {
      const { run, turn, passed } = await actingTurn(ports, at, ['manual', 'approve']);
      if (turn === null) return { ...passed, leftMs: null };
      const { rendered } = turn;
      const before = await runs.standing(at);
      // Asked already, or not its turn: what is true now.
      if (before.run !== 'going' || at.execution !== before.execution + 1)
        return withLeft(before, patienceMs(rendered));
      if (rendered.kind === 'manual')
        return withLeft(await runs.waitForStep(at, rendered.text), patienceMs(rendered));
      const content = contentOf(at, run, rendered.ask);
      const digest = createHash('sha256').update(content).digest('hex');
      const asked = { ask: rendered.ask, content, digest, expiresInMs: rendered.timeoutMs };
      return withLeft(await runs.requestApproval(at, asked), patienceMs(rendered));
    },

    /** What is true now. With `expire`, a question whose time is over by the record ends, unless people were faster. */
    async standing({ at, expire }: { at: StepAt; expire: boolean }): Promise<Waiting> {
      const standing = await runs.standing(at);
      const { turn } = await loadTurn(ports, at);
      const limit = turn.kind === 'act' ? patienceMs(turn.rendered) : null;
      const seen = withLeft(standing, limit);
      const isOver = expire && standing.state === 'waiting' && seen.leftMs !== null && seen.leftMs <= 0;
      return isOver ? withLeft(await runs.expire(at), limit) : seen;
    },

    runStanding: (run: RunAt): Promise<RunStanding> => runs.runStanding(run),

    /** Escalates the incident when the step has ended so, and its runbook says so. */
    async escalateIncident({ at }: { at: StepAt }): Promise<void> {
      const { run } = await loadTurn(ports, at);
      const standing = await runs.standing(at);
      if (standing.execution !== at.execution) return;
      const index = run.spec.steps.findIndex((step) => step.id === at.step);
      const move = moveAfter(run.spec, index, standing);
      if (move.kind === 'escalate') await runs.escalate(at, move.reason);
    },

    /** `current`: a step that was left under way; it ends with the run. */
    async finishRun({
      runId,
      incidentId,
      state,
      current,
    }: RunAt & { state: 'succeeded' | 'failed' | 'cancelled'; current: StepAt | null }): Promise<void> {
      const run = await loadRun(ports, runId);
      if (run.incidentId !== incidentId || !['succeeded', 'failed', 'cancelled'].includes(state)) return;
      if (current !== null && current.runId === runId && current.incidentId === incidentId)
        await runs.leaveStep(current);
      await runs.finishRun({ incidentId, runId, state: endOfRun(await loadRun(ports, runId), state) });
    },
  };
};

export type RunbookActivities = ReturnType<typeof createRunbookActivities>;

const withLeft = (standing: StepStanding, limitMs: number | null): Waiting => ({
  ...standing,
  leftMs:
    limitMs === null || standing.state !== 'waiting' ? null : Math.max(0, limitMs - (standing.sinceMs ?? 0)),
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

/**
 * Executes the path through a runbook: `domain/runbook/interpret.ts` determines the next step, this class executes it and stores
 * its result.
 */
import { sleep } from '@temporalio/workflow';
import type { RunbookActivities } from '../../activities/runbook-activities.js';
import type { StepAt, StepEnd } from '../../ports/runbook.js';
import type { RunbookStep, StepState } from '../../domain/runbook/definition.js';
import type { TemplateScope } from '../../domain/runbook/expressions.js';
import {
  type Action,
  type Cursor,
  goTo,
  type Move,
  moveAfter,
  nextAction,
  type RunEnd,
} from '../../domain/runbook/interpret.js';
import { readStep } from '../../steps/registry.js';
import { doStep } from './do-step.js';
import { record } from './proxies.js';
import type { RunSignals } from './run-signals.js';
import { waitForPeople } from './wait-for-people.js';

export type Run = Awaited<ReturnType<RunbookActivities['loadRun']>>;

type Ended = Pick<StepEnd, 'text' | 'outputs'> & { state: StepState };

export class RunbookExecutor {
  /** The step under way. */
  current: StepAt | null = null;
  private cursor: Cursor = { at: 0, executions: 0 };
  private readonly executions = new Map<string, number>();
  private readonly scope: TemplateScope;

  constructor(
    private readonly runId: string,
    private readonly run: Run,
    private readonly signals: RunSignals,
  ) {
    const pending = run.spec.steps.map((step) => [step.id, { state: 'pending', outputs: {} }] as const);
    this.scope = { inputs: run.inputs, ...run.context, steps: Object.fromEntries(pending) };
  }

  async toTheEnd(): Promise<RunEnd> {
    for (;;) {
      if (this.signals.takeRetry()) await this.redo((await record.runStatus(this.about)).retries);
      const action = nextAction(this.run.spec, this.cursor, this.scope, this.run.simulated);
      if (action.kind === 'finished') return action;
      const move = await this.take(action);
      if (move.kind === 'finished') return move;
      const at = move.kind === 'go' ? move.to : this.cursor.at;
      this.cursor = { at, executions: this.cursor.executions + 1 };
    }
  }

  private get about(): { incidentId: string; runId: string } {
    return { incidentId: this.run.incidentId, runId: this.runId };
  }

  private async take(action: Exclude<Action, RunEnd>): Promise<Move> {
    const { step } = action;
    const at = this.begin(step.id);
    if (action.kind === 'skip') {
      await this.pass(at);
      return { kind: 'go', to: this.cursor.at + 1 };
    }
    if (action.kind === 'branch') {
      await this.pass(at);
      return action.goto === null ? { kind: 'go', to: this.cursor.at + 1 } : goTo(this.run.spec, action.goto);
    }
    const ended = action.kind === 'broken' ? await this.pass(at) : await this.perform(at, step);
    const move = moveAfter(this.run.spec, this.cursor.at, ended);
    if (move.kind !== 'escalate') return move;
    await record.escalateIncident({ at: { ...at, execution: this.executions.get(step.id) ?? at.execution } });
    return move.again
      ? { kind: 'go', to: this.cursor.at }
      : { kind: 'finished', state: 'failed', reason: move.reason };
  }

  private begin(step: string): StepAt {
    const execution = (this.executions.get(step) ?? 0) + 1;
    this.executions.set(step, execution);
    this.current = { ...this.about, step, execution };
    return this.current;
  }

  private async perform(at: StepAt, step: RunbookStep): Promise<Ended> {
    switch (readStep(step).rules.endedBy) {
      case 'branch':
        return this.pass(at);
      case 'time':
        return this.wait(at);
      case 'task':
      case 'approval': {
        const status = await waitForPeople(at, this.signals, (retries) => this.redo(retries));
        this.executions.set(at.step, status.execution);
        const stopped = status.run !== 'going' && status.state === 'waiting';
        return this.remember(at.step, stopped ? { state: 'cancelled', text: status.reason } : status);
      }
      case 'effect': {
        const done = await doStep(at, step);
        return this.remember(
          at.step,
          done.kind === 'ended' ? done.status : { state: 'cancelled', text: done.reason },
        );
      }
    }
  }

  private async wait(at: StepAt): Promise<Ended> {
    const { leftMs, ...claim } = await record.beginWait({ at });
    if (claim.kind === 'ended') return this.remember(at.step, claim.status);
    if (claim.kind === 'stop') return this.remember(at.step, { state: 'cancelled', text: claim.reason });
    await sleep(Math.max(1, leftMs));
    for (;;) {
      const status = await record.endWait({ at });
      if (status.leftMs === null || status.leftMs <= 0) return this.remember(at.step, status);
      await sleep(status.leftMs);
    }
  }

  /** Ends the step without executing it; the record contains the reason. */
  private async pass(at: StepAt): Promise<Ended> {
    return this.remember(at.step, await record.passStep({ at }));
  }

  private remember(step: string, ended: Ended): Ended {
    this.scope.steps[step] = { state: ended.state, outputs: ended.outputs ?? {} };
    // A cancelled step stays the current one: its end is recorded with the run's.
    if (ended.state !== 'cancelled') this.current = null;
    return ended;
  }

  /** Repeats failed steps that people requested to retry. The result is recorded; the path through the runbook is unchanged. */
  private async redo(ids: string[]): Promise<void> {
    const under = this.current;
    for (const id of ids) {
      const step = this.run.spec.steps.find((one) => one.id === id);
      if (step !== undefined && readStep(step).rules.endedBy !== 'branch')
        await this.perform(this.begin(id), step);
    }
    this.current = under;
  }
}

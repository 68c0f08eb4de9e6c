/** The way through a runbook: `domain/runbook/interpret.ts` says what is next, this does it and remembers what came of it. */
import { sleep } from '@temporalio/workflow';
import type { LoadedRun, StepAt, StepEnd } from '../../activities/ports.js';
import type { StepState } from '../../domain/runbook/definition.js';
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
import {
  type ActingStep,
  approvalContent,
  type RenderedStep,
  renderStep,
} from '../../domain/runbook/render-step.js';
import { isExternal } from '../../domain/runbook/step-kind.js';
import { doStep } from './do-step.js';
import { record } from './proxies.js';
import type { RunNews } from './run-news.js';
import { waitForPeople } from './wait-for-people.js';

type Ended = Pick<StepEnd, 'text' | 'outputs'> & { state: StepState };

/** Characters of a sentence that becomes part of an event. */
const TEXT_LIMIT = 300;

export class Walk {
  /** The step that is under way. */
  current: StepAt | null = null;
  private cursor: Cursor = { at: 0, executions: 0 };
  private readonly executions = new Map<string, number>();
  private readonly scope: TemplateScope;

  constructor(
    private readonly runId: string,
    private readonly run: LoadedRun,
    private readonly news: RunNews,
  ) {
    const pending = run.spec.steps.map((step) => [step.id, { state: 'pending', outputs: {} }] as const);
    this.scope = { inputs: run.inputs, ...run.context, steps: Object.fromEntries(pending) };
  }

  async toTheEnd(): Promise<RunEnd> {
    for (;;) {
      if (this.news.takeRetry()) await this.redo((await record.runStanding(this.about)).retries);
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
      await this.finish(at, { state: 'skipped', text: action.reason });
      return { kind: 'go', to: this.cursor.at + 1 };
    }
    if (action.kind === 'branch') {
      await this.finish(at, { state: 'succeeded', text: action.text });
      return action.goto === null ? { kind: 'go', to: this.cursor.at + 1 } : goTo(this.run.spec, action.goto);
    }
    const ended =
      action.kind === 'broken' || 'switch' in step
        ? await this.finish(at, {
            state: 'failed',
            text: action.kind === 'broken' ? action.error : 'a switch only branches',
          })
        : await this.perform(at, step);
    const move = moveAfter(this.run.spec, this.cursor.at, ended);
    if (move.kind !== 'escalate') return move;
    await record.escalateIncident({ at, reason: move.reason });
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

  private async perform(at: StepAt, step: ActingStep): Promise<Ended> {
    const rendered = this.render(step);
    if ('error' in rendered) return this.finish(at, { state: 'failed', text: rendered.error });
    switch (rendered.kind) {
      case 'http':
      case 'check':
      case 'notify':
        return this.doIt(at, step, rendered);
      case 'wait':
        return this.wait(at, rendered.ms);
      case 'manual':
      case 'approve': {
        const content = rendered.kind === 'approve' ? this.contentOf(at, rendered.ask) : '';
        const standing = await waitForPeople(at, rendered, content, this.news, (retries) =>
          this.redo(retries),
        );
        this.executions.set(at.step, standing.execution);
        const stopped = standing.run !== 'going' && standing.state === 'waiting';
        return this.remember(at.step, stopped ? { state: 'cancelled', text: standing.reason } : standing);
      }
    }
  }

  private render(step: ActingStep): RenderedStep | { error: string } {
    try {
      return renderStep(step, this.scope, this.run.spec.hosts);
    } catch (error) {
      // A simulation lacks the results of what it left out.
      if (this.run.simulated && !('check' in step)) return renderStep(step, null);
      return { error: error instanceof Error ? error.message : String(error) };
    }
  }

  private contentOf(at: StepAt, ask: Extract<RenderedStep, { kind: 'approve' }>['ask']): string {
    const { runbook, revision, inputs } = this.run;
    const outputs = Object.fromEntries(
      Object.entries(this.scope.steps).map(([id, step]) => [id, step.outputs]),
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

  private async doIt(
    at: StepAt,
    step: ActingStep,
    rendered: Extract<RenderedStep, { kind: 'http' | 'check' | 'notify' }>,
  ): Promise<Ended> {
    const outputs = step.outputs ?? {};
    const simulated = this.run.simulated && isExternal(step) && step.drill !== true;
    const done = await doStep({ at, rendered, simulated, outputs, scope: this.scope }, step.retry);
    if (done.kind === 'unrecorded') return this.finish(at, done.end);
    return this.remember(
      at.step,
      done.kind === 'ended' ? done.standing : { state: 'cancelled', text: done.reason },
    );
  }

  private async wait(at: StepAt, ms: number): Promise<Ended> {
    const claim = await record.beginStep({ at });
    if (claim.kind === 'ended') return this.remember(at.step, claim.standing);
    if (claim.kind === 'stop') return this.remember(at.step, { state: 'cancelled', text: claim.reason });
    await sleep(ms);
    return this.finish(at, { state: 'succeeded', text: 'waited' });
  }

  private async finish(at: StepAt, end: StepEnd): Promise<Ended> {
    const text = end.text.length > TEXT_LIMIT ? `${end.text.slice(0, TEXT_LIMIT - 1)}…` : end.text;
    return this.remember(at.step, await record.finishStep({ at, end: { ...end, text } }));
  }

  private remember(step: string, ended: Ended): Ended {
    this.scope.steps[step] = { state: ended.state, outputs: ended.outputs ?? {} };
    // A cancelled step stays the current one: its end is recorded with the run's.
    if (ended.state !== 'cancelled') this.current = null;
    return ended;
  }

  /** Failed steps that people want done again. What comes of it is recorded; the way through the runbook stays. */
  private async redo(ids: string[]): Promise<void> {
    const under = this.current;
    for (const id of ids) {
      const step = this.run.spec.steps.find((one) => one.id === id);
      if (step !== undefined && !('switch' in step)) await this.perform(this.begin(id), step);
    }
    this.current = under;
  }
}

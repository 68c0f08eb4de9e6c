/** In-memory record of one run with the real `decide` and fold, and the activities on top. For workflow tests. */
import type { LoadedRun, ProofPort, RunStorePort, StepAt, StepEnd, StepStatus } from '../../ports/runbook.js';
import type { RunCommand } from '../../domain/incident/commands.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import { IncidentBuilder } from '../../domain/incident/testing/incident-builder.js';
import type { RunbookStep } from '../../domain/runbook/definition.js';
import type { ApprovalPrompt } from '../../steps/approve/step.js';
import { claimStep, runStatus } from '../../domain/runbook/run-status.js';
import { kindOf } from '../../steps/registry.js';

export interface RunSetup {
  runId: string;
  steps: RunbookStep[];
  timeout?: string;
  simulated?: boolean;
}

export class RecordedRun implements RunStorePort {
  readonly builder = new IncidentBuilder();
  readonly kept = new Map<string, Pick<StepEnd, 'text' | 'outputs' | 'result'>>();
  private readonly begunAt = new Map<string, number>();
  /** Number of upcoming calls of `finishStep` that find no database. */
  outages = 0;

  constructor(private readonly setup: RunSetup) {
    const steps = setup.steps.map((step) => ({ id: step.id, kind: kindOf(step) }));
    this.builder.ask(
      { type: 'start_run', run: setup.runId, runbook: 'drain', revision: 1, dryRun: false, steps },
      { actor: 'ana' },
    );
  }

  get run() {
    const run = this.builder.state.runs[this.setup.runId];
    if (run === undefined) throw new Error(`no run ${this.setup.runId}`);
    return run;
  }

  /** States by step id. */
  get states(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.run.steps).map(([id, step]) => [id, step.state]));
  }

  /** Records a person's command; returns the events for the relay to signal. */
  byPerson(person: string, command: RunCommand): IncidentEvent[] {
    const before = this.builder.events.length;
    const answer = this.builder.ask(command, { actor: person });
    if (answer !== 'accepted') throw new Error(`${command.type} was answered ${answer}`);
    return this.builder.events.slice(before);
  }

  async load(): Promise<LoadedRun> {
    const { steps, timeout = '5m', simulated = false } = this.setup;
    return {
      incidentId: 'incident-1',
      runbook: 'drain',
      revision: 1,
      spec: { on: {}, inputs: {}, timeout, steps },
      inputs: { host: 'db-1' },
      state: this.run.state,
      simulated,
      startedBy: 'ana',
      context: { incident: { priority: 'P1' }, alert: null },
      steps: Object.fromEntries(
        Object.entries(this.run.steps).map(([id, { state, requested }]) => [
          id,
          { state, outputs: this.kept.get(id)?.outputs ?? {}, isRetry: requested === 'retry' },
        ]),
      ),
    };
  }

  async claim(at: StepAt) {
    const claim = claimStep(this.builder.state, at);
    const isBegun = this.begunAt.has(keyOf(at));
    if (claim.kind === 'go' && !isBegun) this.begin(at);
    return claim.kind === 'ended' ? { ...claim, status: this.statusOf(at) } : claim;
  }

  async noteAttempt(): Promise<void> {}

  async finishStep(at: StepAt, { state, ...kept }: StepEnd): Promise<StepStatus> {
    if (this.outages > 0) {
      this.outages -= 1;
      throw new Error('no connection');
    }
    this.kept.set(at.step, kept);
    return this.asked(at, { type: 'finish_step', ...where(at), state, text: kept.text });
  }

  async waitForStep(at: StepAt): Promise<StepStatus> {
    this.begin(at);
    return this.asked(at, { type: 'wait_for_step', ...where(at) });
  }

  async requestApproval(
    at: StepAt,
    asked: { ask: ApprovalPrompt; digest: string; expiresInMs: number | null },
  ) {
    const { ask, digest } = asked;
    this.begin(at);
    return this.asked(at, {
      type: 'request_approval',
      ...where(at),
      approval: `approval-${at.execution}`,
      message: ask.message,
      from: ask.from,
      min: ask.min ?? 1,
      twoPerson: ask['two-person'] ?? false,
      digest,
      expiresAt: null,
      people: ['bo'],
    });
  }

  async status(at: StepAt): Promise<StepStatus> {
    return this.statusOf(at);
  }

  async expire(at: StepAt): Promise<StepStatus> {
    return this.run.steps[at.step]?.kind === 'approve'
      ? this.asked(at, { type: 'expire_approval', ...where(at) })
      : this.asked(at, {
          type: 'finish_step',
          ...where(at),
          state: 'timed_out',
          text: 'nobody did it in time',
        });
  }

  async runStatus() {
    return runStatus(this.builder.state, this.setup.runId);
  }

  async escalate(_at: StepAt, reason: string): Promise<void> {
    this.builder.ask({ type: 'escalate', step: null, escalation: null, reason });
  }

  async abandonStep(at: StepAt): Promise<void> {
    this.asked(at, { type: 'finish_step', ...where(at), state: 'cancelled', text: 'the run ended' });
  }

  async finishRun({
    state,
  }: {
    state: 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';
  }): Promise<void> {
    this.builder.ask({ type: 'finish_run', run: this.setup.runId, state });
  }

  private begin(at: StepAt): void {
    this.begunAt.set(keyOf(at), Date.now());
    this.begunAt.set(at.step, Date.now());
  }

  private asked(at: StepAt, command: RunCommand): StepStatus {
    this.builder.ask(command);
    return this.statusOf(at);
  }

  private statusOf(at: StepAt): StepStatus {
    const step = this.run.steps[at.step];
    if (step === undefined) throw new Error(`no step ${at.step}`);
    const kept = this.kept.get(at.step);
    const begunAt = this.begunAt.get(at.step);
    const finished = this.builder.events.findLast(
      (event) => event.kind === 'step_finished' && event.data.step === at.step,
    );
    const text = finished?.kind === 'step_finished' ? finished.data.text : '';
    const { state, execution } = step;
    return {
      ...runStatus(this.builder.state, at.runId),
      state,
      execution,
      text,
      outputs: kept?.outputs ?? {},
      sinceMs: begunAt === undefined ? null : Date.now() - begunAt,
    };
  }
}

const where = ({ runId, step, execution }: StepAt) => ({ run: runId, step, execution });

const keyOf = ({ step, execution }: StepAt): string => `${step}/${execution}`;

/** A readable proof, to test that the proof belongs to the right step. */
export const openProof: ProofPort = {
  prove: (about, text) => about + text,
  isProven: (about, text, proof) => proof === about + text,
};

/** The record of one run kept in memory with the real `decide` and fold, and the activities on top. For workflow tests. */
import type {
  LoadedRun,
  ProofPort,
  RunStorePort,
  StepAt,
  StepEnd,
  StepStanding,
} from '../../activities/ports.js';
import type { RunCommand } from '../../domain/incident/commands.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import { IncidentStory } from '../../domain/incident/testing/incident-story.js';
import type { ApprovalAsk, RunbookStep } from '../../domain/runbook/definition.js';
import { claimStep, runStanding } from '../../domain/runbook/standing.js';
import { kindOf } from '../../domain/runbook/step-kind.js';

export interface RunSetup {
  runId: string;
  steps: RunbookStep[];
  timeout?: string;
  simulated?: boolean;
}

export class RecordedRun implements RunStorePort {
  readonly story = new IncidentStory();
  readonly kept = new Map<string, Pick<StepEnd, 'text' | 'outputs' | 'result'>>();
  private readonly begunAt = new Map<string, number>();
  /** The next calls of `finishStep` find no database. */
  outages = 0;

  constructor(private readonly setup: RunSetup) {
    const steps = setup.steps.map((step) => ({ id: step.id, kind: kindOf(step) }));
    this.story.ask(
      { type: 'start_run', run: setup.runId, runbook: 'drain', revision: 1, dryRun: false, steps },
      { actor: 'ana' },
    );
  }

  get run() {
    const run = this.story.state.runs[this.setup.runId];
    if (run === undefined) throw new Error(`no run ${this.setup.runId}`);
    return run;
  }

  /** Step ids with the states they are in. */
  get states(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.run.steps).map(([id, step]) => [id, step.state]));
  }

  /** A person's command; returns the events that the relay is to signal. */
  byPerson(person: string, command: RunCommand): IncidentEvent[] {
    const before = this.story.events.length;
    const answer = this.story.ask(command, { actor: person });
    if (answer !== 'accepted') throw new Error(`${command.type} was answered ${answer}`);
    return this.story.events.slice(before);
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
        Object.entries(this.run.steps).map(([id, { state, asked }]) => [
          id,
          { state, outputs: this.kept.get(id)?.outputs ?? {}, isRetry: asked === 'retry' },
        ]),
      ),
    };
  }

  async claim(at: StepAt) {
    const claim = claimStep(this.story.state, at);
    const isBegun = this.begunAt.has(keyOf(at));
    if (claim.kind === 'go' && !isBegun) this.begin(at);
    return claim.kind === 'ended' ? { ...claim, standing: this.standingOf(at) } : claim;
  }

  async noteAttempt(): Promise<void> {}

  async finishStep(at: StepAt, { state, ...kept }: StepEnd): Promise<StepStanding> {
    if (this.outages > 0) {
      this.outages -= 1;
      throw new Error('no connection');
    }
    this.kept.set(at.step, kept);
    return this.asked(at, { type: 'finish_step', ...where(at), state, text: kept.text });
  }

  async waitForStep(at: StepAt): Promise<StepStanding> {
    this.begin(at);
    return this.asked(at, { type: 'wait_for_step', ...where(at) });
  }

  async requestApproval(at: StepAt, asked: { ask: ApprovalAsk; digest: string; expiresInMs: number | null }) {
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

  async standing(at: StepAt): Promise<StepStanding> {
    return this.standingOf(at);
  }

  async expire(at: StepAt): Promise<StepStanding> {
    return this.run.steps[at.step]?.kind === 'approve'
      ? this.asked(at, { type: 'expire_approval', ...where(at) })
      : this.asked(at, {
          type: 'finish_step',
          ...where(at),
          state: 'timed_out',
          text: 'nobody did it in time',
        });
  }

  async runStanding() {
    return runStanding(this.story.state, this.setup.runId);
  }

  async escalate(_at: StepAt, reason: string): Promise<void> {
    this.story.ask({ type: 'escalate', step: null, track: null, reason });
  }

  async leaveStep(at: StepAt): Promise<void> {
    this.asked(at, { type: 'finish_step', ...where(at), state: 'cancelled', text: 'the run ended' });
  }

  async finishRun({
    state,
  }: {
    state: 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';
  }): Promise<void> {
    this.story.ask({ type: 'finish_run', run: this.setup.runId, state });
  }

  private begin(at: StepAt): void {
    this.begunAt.set(keyOf(at), Date.now());
    this.begunAt.set(at.step, Date.now());
  }

  private asked(at: StepAt, command: RunCommand): StepStanding {
    this.story.ask(command);
    return this.standingOf(at);
  }

  private standingOf(at: StepAt): StepStanding {
    const step = this.run.steps[at.step];
    if (step === undefined) throw new Error(`no step ${at.step}`);
    const kept = this.kept.get(at.step);
    const begunAt = this.begunAt.get(at.step);
    const finished = this.story.events.findLast(
      (event) => event.kind === 'step_finished' && event.data.step === at.step,
    );
    const text = finished?.kind === 'step_finished' ? finished.data.text : '';
    const { state, execution } = step;
    return {
      ...runStanding(this.story.state, at.runId),
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

/** A proof that anybody can read; what is tested with it is that the proof goes with the right step. */
export const openProof: ProofPort = {
  prove: (about, text) => about + text,
  isProven: (about, text, proof) => proof === about + text,
};

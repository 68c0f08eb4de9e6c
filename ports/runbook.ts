/** Runs of runbooks: claims and results (`db/runbook`), secrets and proofs (`worker/`). */
import type { Actor } from '../domain/incident/state.js';
import type { ApprovalPrompt } from '../steps/approve/step.js';
import type { RunState, RunbookSpec, StepState } from '../domain/runbook/definition.js';
import type { Claim, Execution, RunStatus } from '../domain/runbook/run-status.js';
import type { PinnedStep } from '../domain/runbook/due-step.js';

/** A run as pinned on the record: the runbook, and the variables of its expressions, as of its start. */
export interface LoadedRun {
  incidentId: string;
  runbook: string;
  revision: number;
  spec: RunbookSpec;
  inputs: Record<string, string | number | boolean>;
  state: RunState;
  /** A drill or a dry run: external effects are simulated unless the step says `drill: true`. */
  simulated: boolean;
  startedBy: Actor;
  context: { incident: Record<string, unknown>; alert: Record<string, unknown> | null };
  /** Current states of its steps. */
  steps: Record<string, PinnedStep>;
}

export interface StepAt extends Execution {
  incidentId: string;
}

/** State of a step and its run on the record. */
export interface StepStatus extends RunStatus {
  state: StepState;
  execution: number;
  text: string;
  outputs: Record<string, unknown>;
  /** Time since its start, on the record's clock; null when it was not started. */
  sinceMs: number | null;
}

export type StepClaim = Exclude<Claim, { kind: 'ended' }> | { kind: 'ended'; status: StepStatus };

export interface StepEnd {
  state: StepState;
  /** One sentence, at most 300 characters: it becomes part of an event. */
  text: string;
  outputs?: Record<string, unknown>;
  /** At most 16 KiB, redacted; stored with the run, not in an event. */
  result?: unknown;
}

/** The record as a run's workflow uses it. A late or repeated call changes nothing and returns the current state. */
export interface RunStorePort {
  load(runId: string): Promise<LoadedRun | null>;
  /** Called immediately before acting; counts the attempt. */
  claim(at: StepAt): Promise<StepClaim>;
  /** Stores the result of a failed attempt; the step continues. */
  noteAttempt(at: StepAt, attempt: { result: unknown; error: string }): Promise<void>;
  finishStep(at: StepAt, end: StepEnd): Promise<StepStatus>;
  waitForStep(at: StepAt, text: string): Promise<StepStatus>;
  /** Its messages are planned in the same transaction. */
  requestApproval(
    at: StepAt,
    asked: { ask: ApprovalPrompt; content: string; digest: string; expiresInMs: number | null },
  ): Promise<StepStatus>;
  status(at: StepAt): Promise<StepStatus>;
  /** Ends a step that waits for people because its time is over, unless it was answered before. */
  expire(at: StepAt): Promise<StepStatus>;
  runStatus(run: { incidentId: string; runId: string }): Promise<RunStatus>;
  /** Escalates the incident, once for this end of this step; the run continues whatever the result. */
  escalate(at: StepAt, reason: string): Promise<void>;
  /** Ends a step that is still under way together with its run, with the record's reason. */
  abandonStep(at: StepAt): Promise<void>;
  finishRun(run: { incidentId: string; runId: string; state: RunState }): Promise<void>;
}

/** Proves that one of our activities wrote a text; bound to `about`. */
export interface ProofPort {
  prove(about: string, text: string): string;
  isProven(about: string, text: string, proof: string): boolean;
}

/** `hosts`: the only hosts it may be sent to. */
export type FoundSecret =
  { kind: 'secret'; value: string; hosts: readonly string[] } | { kind: 'unusable'; why: string };

/** Secrets by name; null when there is none. Values never leave the activity that uses them. */
export interface SecretPort {
  find(name: string): Promise<FoundSecret | null>;
}

/**
 * The end of a step that an activity could not record passes through the workflow. It contains a proof, bound to this execution,
 * that one of our activities wrote it, so that `recordLate` need not trust its caller.
 */
import type { ProofPort, StepAt, StepEnd } from '../ports/runbook.js';

export interface LateEnd {
  /** A `StepEnd` as JSON: the proven text. */
  end: string;
  proof: string;
}

const aboutOf = ({ incidentId, runId, step, execution }: StepAt): string =>
  JSON.stringify([incidentId, runId, step, execution]);

export function proven(proof: ProofPort, at: StepAt, { state, text, outputs }: StepEnd): LateEnd {
  const end = JSON.stringify({ state, text, outputs });
  return { end, proof: proof.prove(aboutOf(at), end) };
}

/** Null when the proof is invalid for this execution. */
export function openLateEnd(port: ProofPort, at: StepAt, late: LateEnd): StepEnd | null {
  const { end, proof } = late;
  return port.isProven(aboutOf(at), end, proof) ? (JSON.parse(end) as StepEnd) : null;
}

/**
 * The end of a step that an activity could not write down itself travels through the workflow. It carries a proof that an activity
 * of ours wrote it, for exactly this execution, so that `recordLate` need not believe whoever brings it.
 */
import type { ProofPort, StepAt, StepEnd } from './ports.js';

export interface LateEnd {
  /** A `StepEnd` as JSON: the text that was proven. */
  end: string;
  proof: string;
}

const aboutOf = ({ incidentId, runId, step, execution }: StepAt): string =>
  JSON.stringify([incidentId, runId, step, execution]);

export function proven(proof: ProofPort, at: StepAt, { state, text, outputs }: StepEnd): LateEnd {
  const end = JSON.stringify({ state, text, outputs });
  return { end, proof: proof.prove(aboutOf(at), end) };
}

/** Null when nobody of ours wrote it for this execution. */
export function openLateEnd(port: ProofPort, at: StepAt, late: LateEnd): StepEnd | null {
  const { end, proof } = late;
  return port.isProven(aboutOf(at), end, proof) ? (JSON.parse(end) as StepEnd) : null;
}

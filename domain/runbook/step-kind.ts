/** The kind of a step, from its one kind key. */
import type { RunbookStep, StepKind } from './definition.js';

export function kindOf(step: RunbookStep): StepKind {
  if ('http' in step) return 'http';
  if ('check' in step) return 'check';
  if ('notify' in step) return 'notify';
  if ('wait' in step) return 'wait';
  if ('manual' in step) return 'manual';
  if ('approve' in step) return 'approve';
  return 'switch';
}

/** Kinds with effects outside Tocsin, or that would tell people that something is real: simulated in drills and dry runs. */
export const isExternal = (step: RunbookStep): boolean => 'http' in step || 'notify' in step;

/** Kinds with an effect of their own, which can therefore be repeated after a failure. */
export const RETRYABLE: readonly StepKind[] = ['http', 'check', 'notify'];

export const isRetryable = (kind: StepKind): boolean => RETRYABLE.includes(kind);

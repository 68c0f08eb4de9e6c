/** Types of a runbook document (docs/runbooks.md, docs/wire.md §5): GitHub-Actions-like, one kind key per step (`steps/`). */
import type { StepFields } from '../../steps/registry.js';
import type { Priority } from '../config/terms.js';
import type { Duration } from '../shared/duration.js';

export interface RunbookInput {
  type: 'string' | 'boolean' | 'number' | 'choice';
  required?: boolean;
  default?: string | number | boolean;
  options?: string[];
  description?: string;
}

export interface StepCommon {
  id: string;
  name?: string;
  /** `${{ CEL }}`; false = skipped. */
  if?: string;
  timeout?: Duration;
  retry?: { attempts: number; delay?: Duration; backoff?: number };
  /** `abort` (default), `continue` or `goto:<id>`. */
  'on-failure'?: string;
  /** `abort` (default), `continue`, `escalate` or `goto:<id>`. */
  'on-timeout'?: string;
  outputs?: Record<string, string>;
  end?: boolean;
  /** In a drill, external effects run only when true; otherwise they are simulated and reported as such. */
  drill?: boolean;
}

export type RunbookStep = StepCommon & StepFields;

export interface RunbookSpec {
  displayName?: string;
  on: { service?: string[]; priority?: Priority[]; manual?: boolean };
  inputs: Record<string, RunbookInput>;
  /** The only hosts that its requests and checks may contact; required where a value is part of a host. */
  hosts?: string[];
  timeout: Duration;
  steps: RunbookStep[];
}

export type StepState =
  | 'pending'
  | 'waiting'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'timed_out'
  | 'undone'
  | 'cancelled';

export type RunState = 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';

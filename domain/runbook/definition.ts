/** Types of a runbook document (docs/runbooks.md, docs/wire.md §5): GitHub-Actions-like, one kind key per step. */
import type { CheckSpec, Priority } from '../config/terms.js';
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

export interface HttpCall {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  url: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** Accepted statuses; default any 2xx. */
  expect?: number[];
}

export interface ApprovalPrompt {
  /** `role:commander`, `role:manager`, `team:checkout`, `person:ana`. */
  from: string[];
  /** Quorum; default 1. */
  min?: number;
  message: string;
  /** True: neither the person who started the run nor the author of its revision may approve. */
  'two-person'?: boolean;
}

export interface NotifyRequest {
  /** `responders` (default), `person:<name>`, `team:<name>`. */
  to?: string;
  text: string;
}

export interface SwitchCase {
  if: string;
  goto: string;
}

export type RunbookStep = StepCommon &
  (
    | { http: HttpCall }
    | { check: CheckSpec }
    | { notify: NotifyRequest }
    | { wait: Duration }
    | { manual: string }
    | { approve: ApprovalPrompt }
    | { switch: SwitchCase[] }
  );

export type StepKind = 'http' | 'check' | 'notify' | 'wait' | 'manual' | 'approve' | 'switch';

export interface RunbookSpec {
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

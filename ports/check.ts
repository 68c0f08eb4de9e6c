/** Checks and diagnostics that runbooks and incidents run. */
import type { DiagnosticSpec } from '../domain/config/service-spec.js';
import type { CheckSpec } from '../domain/config/terms.js';

export interface CheckOutcome {
  ok: boolean;
  /** One line, at most 200 characters: `200 in 31 ms`, `certificate ends in 3 days`. */
  summary: string;
  /** At most 1 KiB, redacted. */
  output: string;
  ms: number;
}

export interface CheckPort {
  run(check: CheckSpec, timeoutMs: number): Promise<CheckOutcome>;
}

/** The checks that an incident was frozen with. */
export interface DiagnosticPort {
  /** Null when there is no such check, or when its outcome is recorded. */
  due(incidentId: string, name: string): Promise<DiagnosticSpec | null>;
}

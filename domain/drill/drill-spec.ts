/** Documents of kind Drill. */
import type { Priority, Severity } from '../config/terms.js';
import type { Duration } from '../shared/duration.js';

export type DrillInjection =
  | { after?: Duration; alert: { title: string; severity: Severity; dedupKey?: string } }
  | { after?: Duration; silence: { person: string } };

export type DrillExpectation =
  | { acknowledgedWithin: Duration; weight?: number }
  | { runbook: string; finishedWithin: Duration; weight?: number }
  | { resolvedWithin: Duration; weight?: number }
  | { reviewedWithin: string; weight?: number };

export interface DrillSpec {
  displayName?: string;
  service: string;
  schedule: { cron: string; timezone: string } | null;
  /** Always true: the schema refuses `false`, because announced drills are not implemented. */
  surprise: true;
  inject: DrillInjection[];
  expect: DrillExpectation[];
  abortOn: { realIncident: Priority[] };
  maxDuration: Duration;
}

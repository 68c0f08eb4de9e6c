import type { Severity } from '../config/terms.js';

export const SEVERITIES: readonly Severity[] = ['critical', 'error', 'warning', 'info'];

/**
 * Severity of an alert whose sender gives none, or one that is unknown. `error` pages immediately for a vital service and in
 * working hours for the rest: a lower default would lose a page, a higher one would raise false alarms.
 */
export const DEFAULT_SEVERITY: Severity = 'error';

const words = new Map<string, Severity>(
  Object.entries({
    // prettier-ignore
    critical: [
      'critical', 'crit', 'page', 'high', 'emergency', 'emerg', 'alert', 'fatal', 'panic', 'disaster',
      'blocker', 'urgent', 'severe', 'p0', 'p1', 'sev0', 'sev1',
    ],
    error: ['error', 'err', 'major', 'p2', 'sev2'],
    warning: ['warning', 'warn', 'minor', 'medium', 'average', 'p3', 'sev3'],
    info: [
      'info',
      'informational',
      'information',
      'none',
      'notice',
      'debug',
      'low',
      'p4',
      'p5',
      'sev4',
      'sev5',
    ],
  } satisfies Record<Severity, string[]>).flatMap(([severity, names]) =>
    names.map((name) => [name, severity as Severity] as const),
  ),
);

/** Maps a monitoring system's word (`page`, `major`, `minor`, `none`, …) to a severity, or null for an unknown one. */
export function severityFrom(word: string): Severity | null {
  return words.get(word.trim().toLowerCase()) ?? null;
}

/** Negative when `a` is worse; for sorting and `worseSeverity`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

export function worseSeverity(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) <= 0 ? a : b;
}

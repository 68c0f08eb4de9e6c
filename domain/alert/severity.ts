import type { Severity } from '../config/specs.js';

export const SEVERITIES: readonly Severity[] = ['critical', 'error', 'warning', 'info'];

/**
 * What to take an alert for whose sender says no severity, or one we do not know. `error` wakes somebody for a vital
 * service and asks in working hours for the rest: guessing lower would lose a page, higher would cry wolf.
 */
export const DEFAULT_SEVERITY: Severity = 'error';

const words = new Map<string, Severity>(
  Object.entries({
    critical: [
      ...['critical', 'crit', 'page', 'high', 'emergency', 'emerg', 'alert', 'fatal', 'panic', 'disaster'],
      ...['blocker', 'urgent', 'severe', 'p0', 'p1', 'sev0', 'sev1'],
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

/** The severity that monitoring systems mean by a word (`page`, `major`, `minor`, `none`, …), or null for an unknown one. */
export function severityFrom(word: string): Severity | null {
  return words.get(word.trim().toLowerCase()) ?? null;
}

/** Negative when `a` is the worse one, for sorting and `worse`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

export function worseSeverity(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) <= 0 ? a : b;
}

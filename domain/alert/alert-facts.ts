/** The variable `alert` of conditions (domain/rules/variables.ts). */
import type { AlertSignal } from './signal.js';

export const alertFacts = (
  source: string,
  signal: Pick<AlertSignal, 'title' | 'severity' | 'labels'> & Partial<AlertSignal>,
) => ({
  title: signal.title,
  severity: signal.severity,
  description: signal.description ?? '',
  labels: signal.labels,
  dedupKey: signal.dedupKey ?? '',
  client: signal.client ?? '',
  source,
  links: signal.links ?? [],
});

/** A silence for alerts such as those of an incident, as a start for the form: what all of them share. */
import type { Matcher } from './matcher.js';

export interface LikedAlert {
  source: string;
  service: string | null;
  title: string;
  labels: Readonly<Record<string, string>>;
}

const LONGEST = 1024;

/** Service and `alertname`, else the title; without a shared one, the source. Empty when nothing is shared. */
export function silenceLike(alerts: readonly LikedAlert[]): Matcher[] {
  const shared = (field: string, of: (alert: LikedAlert) => string | null | undefined): Matcher[] => {
    const [value, ...others] = new Set(alerts.map(of));
    const usable =
      others.length === 0 &&
      value != null &&
      value !== '' &&
      value.length <= LONGEST &&
      !/[\r\n]/.test(value);
    return usable ? [{ field, op: '=', value }] : [];
  };
  const service = shared('service', (alert) => alert.service);
  const name = shared('labels.alertname', ({ labels }) => labels['alertname']);
  const title = name.length > 0 ? name : shared('title', (alert) => alert.title);
  const where = service.length > 0 && title.length > 0 ? service : shared('source', (alert) => alert.source);
  return [...where, ...title];
}

/** As people type it; `readMatcher` reads it back. */
export const typedMatchers = (matchers: readonly Matcher[]): string =>
  matchers.map(({ field, op, value }) => `${field} ${op} "${String(value)}"`).join('\n');

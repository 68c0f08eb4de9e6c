/** Alerts that nobody has heard of for so long are closed as stale: what their source says counts, else the plan of their service. */
import type { ConfigSnapshot } from '../config/specs.js';
import { type Duration, durationMs } from '../shared/duration.js';

interface StaleAfter {
  name: string;
  after: Duration;
  afterMs: number;
}

export interface StaleRules {
  /** Sources whose alerts can become stale. Heartbeats and watches are not among them: they close their alerts themselves. */
  sources: { name: string; own: StaleAfter | null }[];
  /** By service. */
  services: StaleAfter[];
}

export function staleRules(snapshot: Pick<ConfigSnapshot, 'get' | 'list'>): StaleRules {
  const services = snapshot.list('Service').flatMap(({ name, spec }) => {
    const after = snapshot.get('ResponsePlan', spec.plan ?? 'default')?.spec.staleAfter;
    return after === undefined ? [] : [staleAfter(name, after)];
  });
  const sources = snapshot.list('Source').flatMap(({ name, spec }) => {
    if (spec.format === 'heartbeat') return [];
    const own = spec.staleAfter === undefined ? null : staleAfter(name, spec.staleAfter);
    return own === null && services.length === 0 ? [] : [{ name, own }];
  });
  return { sources, services };
}

const staleAfter = (name: string, after: Duration): StaleAfter => ({
  name,
  after,
  afterMs: durationMs(after),
});

export const staleText = (after: Duration): string => `not heard of for ${after}`;

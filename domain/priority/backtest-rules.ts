/** What priority the alerts of a past incident would have given it by other rules. */
import type { ConfigSnapshot } from '../config/specs.js';
import { isHigher, type PriorityDecision } from './decide-priority.js';
import type { PriorityRule } from './priority-rules-spec.js';
import { prioritise } from './prioritise.js';
import type { RuleSubject } from './rule-facts.js';

export type PastSubject = Omit<RuleSubject, 'service' | 'now'> & { at: string };

/** The configuration with these rules in place of those in force. */
export function withRules(snapshot: ConfigSnapshot, rules: PriorityRule[]): ConfigSnapshot {
  const document = { kind: 'PriorityRules' as const, name: 'default', revision: 0, spec: { rules } };
  const get = (kind: string, name: string) =>
    kind === 'PriorityRules' ? document : snapshot.get(kind as 'PriorityRules', name);
  return { ...snapshot, get: get as ConfigSnapshot['get'] };
}

/** The highest priority of all of its alerts, each judged at its own time; null without one: a person declared it. */
export function priorityByAlerts(
  snapshot: ConfigSnapshot,
  service: string | null,
  alerts: readonly PastSubject[],
): PriorityDecision | null {
  let highest: PriorityDecision | null = null;
  for (const { at, ...subject } of alerts) {
    const decided = prioritise(snapshot, { ...subject, service, now: at });
    if (highest === null || isHigher(decided.priority, highest.priority)) highest = decided;
  }
  return highest;
}

/** The priority of an alert or a declared incident on a service, by the service's tier or the band of its watch, and the rules in force. */
import type { ConfigSnapshot } from '../config/specs.js';
import { watchedFacts } from '../watch/watched-facts.js';
import { applyRules } from './apply-rules.js';
import { decidePriority, type PriorityDecision } from './decide-priority.js';
import { ruleFacts, type RuleSubject } from './rule-facts.js';

/** An unknown service counts as none. */
export function prioritise(snapshot: ConfigSnapshot, subject: RuleSubject): PriorityDecision {
  const known = subject.service === null ? undefined : snapshot.get('Service', subject.service);
  const watched = watchedFacts(subject.source, subject.signal);
  const decided = decidePriority({
    severity: subject.signal.severity,
    service: known === undefined ? null : { title: known.spec.displayName, tier: known.spec.tier },
    ...(watched === null ? {} : { watch: watched, usersAffected: watched.usersAffected }),
  });
  const rules = snapshot.get('PriorityRules', 'default')?.spec.rules ?? [];
  return rules.length === 0 ? decided : applyRules(decided, rules, ruleFacts(snapshot, subject, decided));
}

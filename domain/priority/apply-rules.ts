/** Applies the organisation's priority rules to a decided priority (docs/domain.md, Priority). */
import { PRIORITIES, type Priority } from '../config/terms.js';
import { evaluateCondition } from '../rules/condition.js';
import { PreparedData, type RuleData } from '../rules/data.js';
import type { PriorityDecision } from './decide-priority.js';
import type { PriorityRule } from './priority-rules-spec.js';

/** A rule that cannot be judged on these facts (a missing label) does not match. */
export function applyRules(
  decided: PriorityDecision,
  rules: readonly PriorityRule[],
  facts: RuleData,
): PriorityDecision {
  const prepared = new PreparedData(facts);
  const matching = rules.filter((rule) => evaluateCondition(rule.if, 'priority', prepared, false));
  const set = matching.find((rule) => 'set' in rule);
  if (set !== undefined && 'set' in set)
    return { priority: set.set, reasons: [...decided.reasons, `set to ${set.set}: ${set.because}`] };
  let { priority } = decided;
  const reasons = [...decided.reasons];
  let level = PRIORITIES.indexOf(priority);
  for (const rule of matching) {
    const by = 'raise' in rule ? -rule.raise : 'lower' in rule ? rule.lower : 0;
    level += by;
    reasons.push(`${by < 0 ? 'raised' : 'lowered'} by ${Math.abs(by)}: ${rule.because}`);
  }
  priority = at(level);
  return { priority, reasons };
}

/** Within P1 to P5. */
const at = (level: number): Priority =>
  PRIORITIES[Math.min(Math.max(0, level), PRIORITIES.length - 1)] ?? 'P1';

/** Conditions in documents: expressions that are true or false. */
import {
  type CompiledRule,
  type CompileOutcome,
  compileExpression,
  errorAt,
  type RuleError,
} from './compile.js';
import type { PreparedData, RuleData } from './data.js';
import { type Scope, type Variables, variablesOf } from './variables.js';

/** Compiles an expression of type `bool`, or of a type unknown before it runs. */
export function compileCondition(source: string, variables: Variables): CompileOutcome {
  const outcome = compileExpression(source, variables);
  if (outcome.kind === 'refused' || isYesNo(outcome.rule)) return outcome;
  const { type } = outcome.rule;
  return {
    kind: 'refused',
    error: errorAt(source, `a condition must be true or false, this is a ${type}`, 0),
  };
}

const isYesNo = ({ type }: CompiledRule): boolean => type === 'bool' || type === 'dyn';

type ConditionOutcome = { kind: 'decided'; value: boolean } | { kind: 'failed'; error: RuleError };

function decideCondition(rule: CompiledRule, data: RuleData | PreparedData): ConditionOutcome {
  const outcome = rule.evaluate(data);
  if (outcome.kind === 'failed') return outcome;
  if (typeof outcome.value === 'boolean') return { kind: 'decided', value: outcome.value };
  return { kind: 'failed', error: errorAt(rule.source, 'the condition is neither true nor false', 0) };
}

/** A few documents contain the conditions and every alert evaluates them: compiled ones are cached, the oldest dropped first. */
const kept = new Map<Scope, Map<string, CompileOutcome>>();
const KEPT_MAX = 1000;

function keptCondition(source: string, place: Scope): CompileOutcome {
  const ofPlace = kept.get(place) ?? new Map<string, CompileOutcome>();
  const known = ofPlace.get(source);
  if (known !== undefined) return known;
  kept.set(place, ofPlace);
  const outcome = compileCondition(source, variablesOf[place]);
  const [oldest] = ofPlace.keys();
  if (ofPlace.size >= KEPT_MAX && oldest !== undefined) ofPlace.delete(oldest);
  ofPlace.set(source, outcome);
  return outcome;
}

/** The condition's value, or `otherwise` when it cannot be evaluated on this data (a missing label, a wrong type). */
export function evaluateCondition(
  source: string,
  place: Scope,
  data: RuleData | PreparedData,
  otherwise: boolean,
): boolean {
  const compiled = keptCondition(source, place);
  if (compiled.kind === 'refused') return otherwise;
  const outcome = decideCondition(compiled.rule, data);
  return outcome.kind === 'decided' ? outcome.value : otherwise;
}

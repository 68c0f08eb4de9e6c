/** Evaluates `${{ }}` in a run: the scope of variables, and failures as sentences for people. */
import { renderCondition, renderTemplate } from './template.js';

/** `result` exists only inside `outputs`. A secret yields a marker that activities replace. */
export interface TemplateScope {
  inputs: Record<string, unknown>;
  incident: Record<string, unknown>;
  alert: Record<string, unknown> | null;
  steps: Record<string, { state: string; outputs: Record<string, unknown> }>;
  result?: unknown;
}

/** Message: the expression, and the reason why it has no value here. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/** Throws ExpressionError when the condition is neither true nor false. */
export function isTrue(condition: string, scope: TemplateScope): boolean {
  const outcome = renderCondition(condition, { ...scope });
  if (outcome.kind === 'decided') return outcome.value;
  throw new ExpressionError(`"${condition}" cannot be evaluated: ${outcome.error.message}`);
}

/** A copy of the value with every `${{ }}` evaluated; throws ExpressionError naming each one that fails. */
export function render(value: unknown, scope: TemplateScope): unknown {
  const outcome = renderTemplate(value, { ...scope });
  if (outcome.kind === 'rendered') return outcome.value;
  const places = outcome.errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  throw new ExpressionError(`cannot be filled in: ${places.join('; ')}`);
}

/** Evaluates a step's `outputs` over its `result`. */
export function collectOutputs(
  declared: Record<string, string>,
  scope: TemplateScope,
): Record<string, unknown> {
  const entries = Object.entries(declared).map(([name, template]): [string, unknown] => {
    try {
      return [name, render(template, scope) ?? null];
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw new ExpressionError(`its output ${name} ${error.message}`, { cause: error });
    }
  });
  return Object.fromEntries(entries);
}

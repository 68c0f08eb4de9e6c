/** Renders the `${{ }}` of a step to its exact effect or question. Secrets stay markers until the call is made. */
import { readStep, type RenderedStep } from '../../steps/registry.js';
import { durationMs } from '../shared/duration.js';
import type { RunbookStep } from './definition.js';
import type { TemplateScope } from './expressions.js';

/**
 * Throws an error with a sentence for people when an expression cannot be evaluated. Without a scope the step stays as written: a
 * simulation shows it so where results are missing.
 */
export function renderStep(
  step: RunbookStep,
  scope: TemplateScope | null,
  hosts?: readonly string[],
): RenderedStep {
  const { kind, fields, rules } = readStep(step);
  if (rules.endedBy === 'branch') throw new Error(`a ${kind} only branches`);
  return rules.render(fields, {
    scope,
    hosts,
    limitMs: step.timeout === undefined ? null : durationMs(step.timeout),
  });
}

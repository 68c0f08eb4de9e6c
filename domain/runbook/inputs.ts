/** Resolves the inputs of a run: given values and defaults, checked against the runbook's `inputs`. */
import type { RunbookInput } from './definition.js';
import { render, type TemplateScope } from './expressions.js';

type InputValue = string | number | boolean;

/** `field` is the name of the input; `problem` describes the problem and a valid value. */
export interface InputProblem {
  field: string;
  problem: string;
}

export type ResolvedInputs =
  { kind: 'resolved'; inputs: Record<string, InputValue> } | { kind: 'invalid'; problems: InputProblem[] };

/** A longer text would not fit where it is shown and hashed. */
const MAX_LENGTH = 2000;

/** Defaults may contain `${{ }}` over `alert` and `incident`. A value for an unknown input is a problem, not ignored. */
export function resolveInputs(
  declared: Record<string, RunbookInput>,
  given: Record<string, unknown>,
  scope: Pick<TemplateScope, 'alert' | 'incident'>,
): ResolvedInputs {
  const inputs: Record<string, InputValue> = {};
  const problems: InputProblem[] = Object.keys(given)
    .filter((name) => !Object.hasOwn(declared, name))
    .map((field) => ({ field, problem: `unknown input; this runbook has ${list(Object.keys(declared))}` }));
  for (const [field, input] of Object.entries(declared)) {
    const value = Object.hasOwn(given, field) ? { value: given[field] } : fromDefault(input, scope);
    const checked = 'problem' in value ? value : check(input, value.value);
    if ('problem' in checked) problems.push({ field, problem: checked.problem });
    else if (checked.value !== undefined) inputs[field] = checked.value;
  }
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'resolved', inputs };
}

function fromDefault(
  input: RunbookInput,
  { alert, incident }: Pick<TemplateScope, 'alert' | 'incident'>,
): { value: unknown } | { problem: string } {
  if (input.default === undefined) return { value: undefined };
  try {
    return { value: render(input.default, { alert, incident, inputs: {}, steps: {} }) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { problem: `give a value: the default ${String(input.default)} cannot be made here (${why})` };
  }
}

/** The author's description, shown to the person who must give the value. */
const meaning = ({ description }: RunbookInput): string =>
  description === undefined ? '' : ` (${description})`;

function check(input: RunbookInput, value: unknown): { value: InputValue | undefined } | { problem: string } {
  if (value === undefined || value === null || value === '') {
    return input.required === true
      ? { problem: `required; give a ${input.type}${meaning(input)}` }
      : { value: undefined };
  }
  switch (input.type) {
    case 'string': {
      const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
      if (typeof text !== 'string') return { problem: `must be a text, not ${kindOfValue(value)}` };
      return text.length > MAX_LENGTH
        ? { problem: `has ${text.length} characters; at most ${MAX_LENGTH}` }
        : { value: text };
    }
    case 'number': {
      const number = typeof value === 'string' ? Number(value) : value;
      return typeof number === 'number' && Number.isFinite(number)
        ? { value: number }
        : { problem: `must be a number, not ${kindOfValue(value)}` };
    }
    case 'boolean':
      if (value === true || value === 'true') return { value: true };
      if (value === false || value === 'false') return { value: false };
      return { problem: `must be true or false, not ${kindOfValue(value)}` };
    case 'choice': {
      const options = input.options ?? [];
      return typeof value === 'string' && options.includes(value)
        ? { value }
        : { problem: `must be one of ${list(options)}, not ${kindOfValue(value)}` };
    }
  }
}

const list = (names: string[]): string => (names.length === 0 ? 'none' : names.join(', '));

const kindOfValue = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? JSON.stringify(String(value).slice(0, 60))
    : Array.isArray(value)
      ? 'a list'
      : 'an object';

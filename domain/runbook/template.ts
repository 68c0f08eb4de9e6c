/**
 * `${{ CEL }}` in the texts of a runbook. A text that is one expression keeps its type (`${{ inputs.count }}` is a number); an
 * expression inside other text becomes text. Pure and synchronous: runs in workflows, the API and the command line alike.
 */
import { type CompiledRule, compileExpression, errorAt, type RuleError } from '../rules/compile.js';
import { type RuleData } from '../rules/data.js';
import type { Variables } from '../rules/variables.js';
import { secretMarker, withoutMarkers } from './secret-marker.js';
import { splitTemplate } from './template-text.js';

export type RenderOutcome =
  { kind: 'rendered'; value: unknown } | { kind: 'failed'; errors: TemplateError[] };

/** `path`: position in the rendered object, `headers.Authorization` or `body[2]`; empty for a plain text. */
interface TemplateError extends RuleError {
  path: string;
}

interface CompiledTemplate {
  /** CEL type when the whole text is one expression, else `string`. */
  type: string;
  secrets: string[];
  render(data: RuleData): { kind: 'rendered'; value: unknown } | { kind: 'failed'; error: RuleError };
}

export type TemplateOutcome =
  { kind: 'compiled'; template: CompiledTemplate } | { kind: 'refused'; errors: RuleError[] };

type Piece = string | { rule: CompiledRule; offset: number };

/** Error positions refer to the text, not to the expression in it. */
export function compileTemplate(text: string, variables: Variables): TemplateOutcome {
  const split = splitTemplate(text);
  if (split.kind === 'refused') return { kind: 'refused', errors: [split.error] };
  const errors: RuleError[] = [];
  const pieces: Piece[] = [];
  for (const part of split.parts) {
    if (part.kind === 'text') {
      pieces.push(part.text);
      continue;
    }
    const outcome = compileExpression(part.source, variables, { text: withoutMarkers, secret: secretMarker });
    if (outcome.kind === 'refused')
      errors.push(errorAt(text, outcome.error.message, part.offset + outcome.error.offset));
    else pieces.push({ rule: outcome.rule, offset: part.offset });
  }
  if (errors.length > 0) return { kind: 'refused', errors };
  return { kind: 'compiled', template: templateOf(text, pieces) };
}

function templateOf(text: string, pieces: readonly Piece[]): CompiledTemplate {
  const [only] = pieces;
  const whole = pieces.length === 1 && only !== undefined && typeof only !== 'string' ? only : null;
  return {
    type: whole?.rule.type ?? 'string',
    secrets: [...new Set(pieces.flatMap((piece) => (typeof piece === 'string' ? [] : piece.rule.secrets)))],
    render: (data) => {
      const values: unknown[] = [];
      for (const piece of pieces) {
        const outcome =
          typeof piece === 'string' ? { kind: 'value' as const, value: piece } : piece.rule.evaluate(data);
        if (outcome.kind === 'failed') {
          const offset = typeof piece === 'string' ? 0 : piece.offset;
          return {
            kind: 'failed',
            error: errorAt(text, outcome.error.message, offset + outcome.error.offset),
          };
        }
        values.push(outcome.value);
      }
      return { kind: 'rendered', value: whole === null ? values.map(asText).join('') : values[0] };
    },
  };
}

/** A value's form inside other text: null as nothing, lists and maps as JSON. */
export function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value as number | boolean);
}

/**
 * Renders every text in a value: strings, lists, objects (values, not keys). Names were checked when the runbook was applied;
 * here `data` defines them. Returns all errors, each with its path.
 */
export function renderTemplate(value: unknown, data: RuleData): RenderOutcome {
  const errors: TemplateError[] = [];
  const variables = {
    ...Object.fromEntries(Object.keys(data).map((name) => [name, 'dyn'])),
    secrets: 'map<string, string>',
  };
  const rendered = mapTemplates(value, (text, path) => {
    const outcome = compileTemplate(text, variables);
    if (outcome.kind === 'refused') {
      errors.push(...outcome.errors.map((error) => ({ ...error, path })));
      return text;
    }
    const result = outcome.template.render(data);
    if (result.kind === 'rendered') return result.value;
    errors.push({ ...result.error, path });
    return text;
  });
  return errors.length > 0 ? { kind: 'failed', errors } : { kind: 'rendered', value: rendered };
}

/** A copy of a value with every text that contains an expression replaced by the result of `change`. */
export function mapTemplates(
  value: unknown,
  change: (text: string, path: string) => unknown,
  path = '',
): unknown {
  if (typeof value === 'string') return value.includes('${{') ? change(value, path) : value;
  if (Array.isArray(value))
    return value.map((item, index) => mapTemplates(item, change, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      mapTemplates(field, change, path === '' ? key : `${path}.${key}`),
    ]),
  );
}

/** The condition of `if` and of a `switch` case, written `${{ CEL }}` or as bare CEL. */
export function compileTemplateCondition(text: string, variables: Variables): TemplateOutcome {
  const outcome = compileTemplate(conditionText(text), variables);
  if (outcome.kind === 'refused' || ['bool', 'dyn'].includes(outcome.template.type)) return outcome;
  const { type } = outcome.template;
  return {
    kind: 'refused',
    errors: [errorAt(text, `a condition must be true or false, this is a ${type}`, 0)],
  };
}

export function renderCondition(
  text: string,
  data: RuleData,
): { kind: 'decided'; value: boolean } | { kind: 'failed'; error: RuleError } {
  const outcome = renderTemplate(conditionText(text), data);
  if (outcome.kind === 'rendered' && typeof outcome.value === 'boolean')
    return { kind: 'decided', value: outcome.value };
  const first = outcome.kind === 'failed' ? outcome.errors[0] : undefined;
  return { kind: 'failed', error: first ?? errorAt(text, 'the condition is neither true nor false', 0) };
}

const conditionText = (text: string): string => (text.includes('${{') ? text.trim() : `\${{ ${text} }}`);

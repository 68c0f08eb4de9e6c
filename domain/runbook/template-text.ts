/** Splits `Drain ${{ inputs.host }} now` into its texts and expressions. */
import { errorAt, type RuleError } from '../rules/compile.js';

/** `offset`: start of the expression in the template, after `${{`. */
export type TemplatePart =
  { kind: 'text'; text: string } | { kind: 'expression'; source: string; offset: number };

export type SplitOutcome = { kind: 'split'; parts: TemplatePart[] } | { kind: 'refused'; error: RuleError };

const OPEN = '${{';

export function splitTemplate(template: string): SplitOutcome {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (;;) {
    const open = template.indexOf(OPEN, at);
    if (open === -1) break;
    if (open > at) parts.push({ kind: 'text', text: template.slice(at, open) });
    const start = open + OPEN.length;
    const end = endOfExpression(template, start);
    if (end === -1)
      return { kind: 'refused', error: errorAt(template, 'this ${{ is not closed by }}', open) };
    parts.push({ kind: 'expression', source: template.slice(start, end), offset: start });
    at = end + 2;
  }
  if (at < template.length || parts.length === 0) parts.push({ kind: 'text', text: template.slice(at) });
  return { kind: 'split', parts };
}

/** Index of the first `}}` that is neither in a string nor closes a map; -1 when there is none. */
function endOfExpression(template: string, start: number): number {
  let braces = 0;
  for (let at = start; at < template.length; at++) {
    const character = template[at];
    if (character === "'" || character === '"') {
      at = endOfString(template, at);
      if (at === -1) return -1;
    } else if (character === '{') braces += 1;
    else if (character === '}' && braces > 0) braces -= 1;
    else if (character === '}' && template[at + 1] === '}') return at;
  }
  return -1;
}

/** Index of the closing quote, or -1. */
function endOfString(template: string, start: number): number {
  for (let at = start + 1; at < template.length; at++) {
    if (template[at] === '\\') at += 1;
    else if (template[at] === template[start]) return at;
  }
  return -1;
}

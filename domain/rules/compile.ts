/**
 * The single entry to CEL: compile once with declared variables, evaluate often, never throw. Uses no Node API, so it runs inside
 * a workflow too.
 */
import {
  Environment,
  EvaluationError,
  type ParseResult,
  ParseError,
  TypeError as RuleTypeError,
} from '@marcbachmann/cel-js';
import { DataError, fromRule, PreparedData, type RuleData, toRule } from './data.js';
import { linearPattern } from './linear-pattern.js';
import { BudgetError, Meter, metered, nodesOf, type SyntaxNode } from './meter.js';
import { PatternError } from './pattern-tree.js';
import type { Variables, VariableType } from './variables.js';

/** `offset` counts characters of the source from 0; `line` and `column` from 1. */
export interface RuleError {
  message: string;
  offset: number;
  line: number;
  column: number;
}

type RuleOutcome = { kind: 'value'; value: unknown } | { kind: 'failed'; error: RuleError };

export interface CompiledRule {
  source: string;
  /** CEL type: `bool`, `string`, `dyn`, … */
  type: string;
  /** Names used as `secrets.<name>`. */
  secrets: string[];
  evaluate(data: RuleData | PreparedData): RuleOutcome;
}

export type CompileOutcome = { kind: 'compiled'; rule: CompiledRule } | { kind: 'refused'; error: RuleError };

export const SOURCE_MAX = 4096;
const limits = {
  maxAstNodes: 1000,
  maxDepth: 48,
  maxListElements: 500,
  maxMapEntries: 200,
  maxCallArguments: 8,
};
/** The library passes patterns to a backtracking engine; calls of `matches` are redirected to this function before the check. */
const LINEAR_MATCHES = 'linearMatches';

export interface CompileOptions {
  /** Applied to every string of the data, so that expressions over hostile text cannot forge structure. */
  text?: (value: string) => string;
  /** Value of `secrets.<name>`. Without it secrets cannot be named. */
  secret?: (name: string) => string;
}

export function compileExpression(
  source: string,
  variables: Variables,
  options: CompileOptions = {},
): CompileOutcome {
  if (source.trim() === '') return { kind: 'refused', error: errorAt(source, 'the expression is empty', 0) };
  if (source.length > SOURCE_MAX)
    return {
      kind: 'refused',
      error: errorAt(source, `the expression is longer than ${SOURCE_MAX} characters`, SOURCE_MAX),
    };
  try {
    return { kind: 'compiled', rule: compiled(source, variables, options) };
  } catch (error) {
    return { kind: 'refused', error: ruleError(source, error) };
  }
}

function compiled(source: string, variables: Variables, { text, secret }: CompileOptions): CompiledRule {
  const meter = new Meter();
  const parsed: ParseResult = environment(variables, meter).parse(source);
  const nodes = nodesOf(parsed.ast);
  const secrets = secretsOf(nodes, secret !== undefined);
  for (const node of nodes) restrictCall(node);
  const checked = parsed.check();
  if (!checked.valid) throw checked.error ?? new Error('the expression is not valid');
  metered(parsed.ast, meter);
  const secretValues = Object.fromEntries(secrets.map((name) => [name, secret?.(name) ?? '']));
  return {
    source,
    type: checked.type ?? 'dyn',
    secrets,
    evaluate: (data) => {
      meter.restart(data instanceof PreparedData ? data.weights : undefined);
      try {
        const context =
          data instanceof PreparedData ? data.context() : (toRule(data, text) as Record<string, unknown>);
        if (secret !== undefined) context['secrets'] = toRule(secretValues);
        const value: unknown = parsed(context);
        if (meter.isSpent) meter.spend(0);
        return { kind: 'value', value: fromRule(value) };
      } catch (error) {
        return { kind: 'failed', error: ruleError(source, error) };
      }
    },
  };
}

function environment(variables: Variables, meter: Meter): Environment {
  const created = new Environment({ limits, homogeneousAggregateLiterals: false });
  for (const [name, type] of Object.entries(variables)) {
    if (typeof type === 'string') created.registerVariable(name, type);
    else created.registerVariable(name, { schema: schemaOf(type) });
  }
  created.registerFunction(`string.${LINEAR_MATCHES}(string): bool`, (value: string, source: string) => {
    const pattern = linearPattern(source);
    meter.spend(Math.ceil((pattern.size * (value.length + 1)) / 64));
    return pattern.matches(value);
  });
  // JSON does not distinguish 1 from 1.0, so authors cannot either: mixed arithmetic yields a double.
  for (const [left, right] of [
    ['int', 'double'],
    ['double', 'int'],
  ] as const) {
    const as = (operator: string, apply: (a: number, b: number) => number): unknown =>
      created.registerOperator(
        `${left} ${operator} ${right}: double`,
        (a: number | bigint, b: number | bigint) => apply(Number(a), Number(b)),
      );
    as('+', (a, b) => a + b);
    as('-', (a, b) => a - b);
    as('*', (a, b) => a * b);
    as('/', (a, b) => a / b);
  }
  return created;
}

type Schema = { [field: string]: string | Schema };
const schemaOf = (fields: { [field: string]: VariableType }): Schema => fields;

class RestrictionError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Redirects `matches` to the linear engine (compiling a constant pattern now), and refuses calls that depend on the machine. */
function restrictCall(node: SyntaxNode): void {
  if (node.op !== 'rcall' || !Array.isArray(node.args)) return;
  const [name, , callArguments]: unknown[] = node.args;
  if (typeof name !== 'string' || !Array.isArray(callArguments)) return;
  // Zone data may differ between machines, and a workflow must decide the same on each.
  if (name.startsWith('get') && callArguments.length > 0)
    throw new RestrictionError(`${name} takes no time zone here: it reads UTC`, node.start);
  if (name !== 'matches') return;
  node.args[0] = LINEAR_MATCHES;
  const pattern = callArguments[0] as SyntaxNode | undefined;
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return;
  try {
    linearPattern(pattern.args);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new RestrictionError(`${error.message} (in the pattern at ${error.offset})`, pattern.start);
  }
}

/** Secrets must be named literally, never computed, so that a plan can list those a runbook uses. */
function secretsOf(nodes: readonly SyntaxNode[], allowed: boolean): string[] {
  const names = new Set<string>();
  const named = new Set<unknown>();
  for (const { op, args } of nodes) {
    if (op !== '.' || !Array.isArray(args)) continue;
    const [left, field]: unknown[] = args;
    if (!isSecrets(left) || typeof field !== 'string') continue;
    named.add(left);
    names.add(field);
  }
  const bare = nodes.find((node) => isSecrets(node) && (!named.has(node) || !allowed));
  if (bare !== undefined)
    throw new RestrictionError(
      allowed ? 'name one secret: secrets.<name>' : 'secrets cannot be used here',
      bare.start,
    );
  return [...names];
}

const isSecrets = (node: unknown): boolean =>
  typeof node === 'object' &&
  node !== null &&
  'op' in node &&
  node.op === 'id' &&
  'args' in node &&
  node.args === 'secrets';

function ruleError(source: string, error: unknown): RuleError {
  if (error instanceof ParseError || error instanceof RuleTypeError || error instanceof EvaluationError) {
    if (error.cause instanceof BudgetError) return errorAt(source, error.cause.message, 0);
    return errorAt(source, error.summary.replaceAll(LINEAR_MATCHES, 'matches'), error.range?.start ?? 0);
  }
  if (error instanceof RestrictionError) return errorAt(source, error.message, error.offset);
  if (error instanceof PatternError) return errorAt(source, `bad pattern: ${error.message}`, 0);
  if (error instanceof BudgetError || error instanceof DataError) return errorAt(source, error.message, 0);
  // Stack overflow: the only remaining way in which a bounded source can be too deep.
  if (error instanceof RangeError) return errorAt(source, 'the expression is nested too deep', 0);
  return errorAt(source, error instanceof Error ? error.message : String(error), 0);
}

/** Position in a text that may have several lines. */
export function errorAt(source: string, message: string, offset: number): RuleError {
  const before = source.slice(0, offset);
  return { message, offset, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

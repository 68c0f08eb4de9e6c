/**
 * Budget for evaluating one expression. The CEL library limits the source but not the work: nested `map` over hostile lists, or
 * lists that contain themselves twice, would run for ever. So every node is charged for itself and for its result.
 */

/** The part of the library's syntax tree used here and in `compile.ts`. */
export interface SyntaxNode {
  op: string;
  args: unknown;
  start: number;
  end: number;
  meta: { evaluate: Evaluate; alternate?: SyntaxNode; macro?: Record<string, unknown> };
}

type Evaluate = (evaluator: unknown, node: SyntaxNode, context: unknown) => unknown;

export class BudgetError extends Error {
  override readonly name = 'BudgetError';
}

/** Units of one evaluation; a node costs 1 and another for every 64 characters or 2 entries of its value. */
const BUDGET = 100_000;
const WEIGHT_MAX = 4 * 1024 * 1024;
const ENTRY_WEIGHT = 32;
const WEIGHT_PER_UNIT = 64;

export class Meter {
  private left = BUDGET;
  private weights = new WeakMap<object, number>();

  /** CEL's logical operators swallow errors, so a spent budget must be checked afterwards. */
  get isSpent(): boolean {
    return this.left < 0;
  }

  /** `weights`: of data that earlier expressions weighed. */
  restart(weights = new WeakMap<object, number>()): void {
    this.left = BUDGET;
    this.weights = weights;
  }

  spend(units: number): void {
    if (this.left >= 0) this.left -= units;
    if (this.left < 0)
      throw new BudgetError('the expression does too much work: make it smaller or its data shorter');
  }

  spendFor(value: unknown): void {
    this.spend(1 + Math.floor(this.weigh(value) / WEIGHT_PER_UNIT));
  }

  private weigh(value: unknown): number {
    if (typeof value === 'string') return value.length;
    if (typeof value !== 'object' || value === null) return 1;
    const known = this.weights.get(value);
    if (known !== undefined) return known;
    const parts: unknown[] = Array.isArray(value)
      ? value
      : value instanceof Map
        ? [...value.values()]
        : Object.values(value);
    let weight = 1;
    for (const part of parts) {
      weight += ENTRY_WEIGHT + this.weigh(part);
      if (weight > WEIGHT_MAX) this.spend(BUDGET + 1);
    }
    this.weights.set(value, weight);
    return weight;
  }
}

/** Every node of the tree, macro expansions included, once. */
export function nodesOf(root: unknown): SyntaxNode[] {
  const seen = new Set<object>();
  const nodes: SyntaxNode[] = [];
  const open: unknown[] = [root];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (!isNode(next)) {
      open.push(...Object.values(next));
      continue;
    }
    nodes.push(next);
    open.push(next.args, next.meta.alternate, next.meta.macro);
  }
  return nodes;
}

/** Charges each node. Must run after the type check and before the first evaluation, when the library copies these functions. */
export function metered(root: unknown, meter: Meter): void {
  const nodes = nodesOf(root);
  // A loop's list grows while it runs: it is weighed once, as the loop's own value, not at every step.
  const growing = new Set<unknown>();
  for (const { op, args } of nodes) {
    if (op !== 'comprehension' || typeof args !== 'object' || args === null) continue;
    if ('init' in args) growing.add(args.init);
    if ('step' in args) growing.add(args.step);
  }
  for (const node of nodes) {
    if (node.meta.alternate !== undefined || node.meta.macro !== undefined) continue;
    const evaluate = node.meta.evaluate;
    const grows = growing.has(node) || node.op === 'accuPush' || node.op === 'accuValue';
    node.meta.evaluate = (evaluator, ast, context) => {
      meter.spend(1);
      const value = evaluate(evaluator, ast, context);
      if (!grows) meter.spendFor(value);
      return value;
    };
  }
}

function isNode(value: object): value is SyntaxNode {
  return (
    'op' in value &&
    typeof value.op === 'string' &&
    'args' in value &&
    'meta' in value &&
    typeof value.meta === 'object'
  );
}

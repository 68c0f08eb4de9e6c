import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileExpression } from './compile.js';
import { PreparedData } from './data.js';

const sources = ['a.x + 1', 'a.list.size() > 2', "a.text.startsWith('b')", 'a.list.map(x, x + 1)', 'a.missing', 'a.list.exists(x, x == 3)']; // prettier-ignore
const rules = sources.map((source) => {
  const outcome = compileExpression(source, { a: 'map' });
  if (outcome.kind === 'refused') throw new Error(outcome.error.message);
  return outcome.rule;
});

describe('data that several expressions read', () => {
  it('give what a copy for each of them gives', () => {
    fc.assert(
      fc.property(
        fc.record({ x: fc.integer(), list: fc.array(fc.integer(), { maxLength: 6 }), text: fc.string() }),
        fc.array(fc.nat(rules.length - 1), { maxLength: 12 }),
        (a, order) => {
          const prepared = new PreparedData({ a });
          for (const at of order) expect(rules[at]?.evaluate(prepared)).toEqual(rules[at]?.evaluate({ a }));
        },
      ),
    );
  });

  it('that are too large fail each of them, and spend its budget alone', () => {
    const large = new PreparedData({ a: { text: 'x'.repeat(3_000_000) } });
    for (const rule of rules.slice(0, 2)) expect(rule.evaluate(large)).toMatchObject({ kind: 'failed' });
    const list = Array.from({ length: 20_000 }, (_, n) => n);
    const some = new PreparedData({ a: { x: 1, list, text: '' } });
    expect(rules[5]?.evaluate(some).kind).toBe(rules[5]?.evaluate({ a: { x: 1, list, text: '' } }).kind);
    expect(rules[0]?.evaluate(some)).toMatchObject({ kind: 'value', value: 2 });
  });
});

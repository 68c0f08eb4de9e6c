import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileExpression } from './compile.js';
import { compileCondition, evaluateCondition } from './condition.js';
import { variablesOf } from './variables.js';

const incident = {
  priority: 'P1',
  severity: 'critical',
  service: '',
  title: 'Disk full',
  team: 'ops',
  drill: false,
  alertsOpen: 3,
};
const alert = {
  title: 'Lag',
  severity: 'error',
  description: '',
  labels: { team: 'payments' },
  dedupKey: 'k',
  client: '',
  source: 's',
  links: [],
};

const evaluate = (source: string, data: Record<string, unknown> = {}): unknown => {
  const names = Object.fromEntries(Object.keys(data).map((name) => [name, 'dyn']));
  const outcome = compileExpression(source, names);
  if (outcome.kind === 'refused') throw new Error(outcome.error.message);
  const result = outcome.rule.evaluate(data);
  if (result.kind === 'failed') throw new Error(result.error.message);
  return result.value;
};

describe('a condition', () => {
  it('reads the incident at a policy step', () => {
    expect(
      evaluateCondition(
        "incident.priority in ['P1', 'P2'] && incident.alertsOpen > 2",
        'policy',
        { incident },
        false,
      ),
    ).toBe(true);
    expect(evaluateCondition('incident.drill', 'policy', { incident }, true)).toBe(false);
  });

  it('reads the labels of an alert at a route, and takes the given answer when a label is missing', () => {
    expect(evaluateCondition("alert.labels.team == 'payments'", 'route', { alert }, false)).toBe(true);
    expect(evaluateCondition("alert.labels.nope == 'x'", 'route', { alert }, false)).toBe(false);
    expect(evaluateCondition("alert.labels.nope == 'x'", 'route', { alert }, true)).toBe(true);
    expect(
      evaluateCondition("has(alert.labels.nope) && alert.labels.nope == 'x'", 'route', { alert }, true),
    ).toBe(false);
  });

  it.each([
    ["incident.priorty == 'P1'", 'No such key: priorty', 10],
    ["incident.priority == 'P1' &&", 'Unexpected token', 29],
    ["incident\n  .alertsOpen == 'x'", 'no such overload', 1],
    ["alert.title == 'x'", 'Unknown variable: alert', 1],
    ['incident.title', 'must be true or false', 1],
    ["secrets.db == 'x'", 'secrets cannot be used here', 1],
    ["incident.title.matches('(a+)\\\\1')", 'back references', 24],
    ['incident.title.matches(incident.drill)', 'string.matches(bool)', 1],
    ["timestamp('2026-01-01T00:00:00Z').getHours('Asia/Tokyo') == 3", 'time zone', 1],
    ['', 'empty', 1],
  ])('is refused with its position: %s', (source, message, column) => {
    const outcome = compileCondition(source, variablesOf.policy);
    expect(outcome).toMatchObject({
      kind: 'refused',
      error: { message: expect.stringContaining(message), column },
    });
  });

  it('gives whole numbers back as numbers and mixes them with fractions', () => {
    expect(evaluate('40 + 2')).toBe(42);
    expect(evaluate('a.n + 0.5 > 3', { a: { n: 3 } })).toBe(true);
    expect(evaluate('a.n * 2', { a: { n: 1.5 } })).toBe(3);
    expect(evaluate("{'list': [1, 2.5, 'x', null, true]}")).toEqual({ list: [1, 2.5, 'x', null, true] });
  });
});

describe('hostile data and expressions', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', '__defineGetter__'])(
    'finds nothing on the prototype: %s',
    (key) => {
      expect(() => evaluate(`a.${key}`, { a: { x: 1 } })).toThrow('No such key');
      expect(() => evaluate(`a['${key}']`, { a: { x: 1 } })).toThrow('No such key');
      expect(evaluateCondition(`alert.labels.${key} == 'x'`, 'route', { alert }, false)).toBe(false);
    },
  );

  it('keeps data named __proto__ as data', () => {
    const hostile = JSON.parse('{"__proto__": {"admin": true}}') as unknown;
    expect(() => evaluate('a.admin', { a: hostile })).toThrow('No such key');
  });

  it.each([
    ['nested loops', 'a.all(x, a.all(y, a.all(z, a.all(w, w > 0))))'],
    ['loops inside a swallowing or', 'a.exists(x, a.exists(y, a.exists(z, a.exists(w, w == 0)))) || true'],
    ['strings that grow', "a.map(x, a.map(y, a.map(z, 'abcdefgh').join()).join()).join() == ''"],
    [
      'lists that hold themselves twice',
      `[1]${'.map(a, [a, a])'.repeat(60)} == [2]${'.map(a, [a, a])'.repeat(60)}`,
    ],
    [
      'bindings that double',
      Array.from({ length: 40 }, (_, n) => `cel.bind(b${n + 1}, b${n} + b${n}, `)
        .join('')
        .replace('b0 + b0', "'xx' + 'xx'") +
        'b40' +
        ')'.repeat(40),
    ],
    ['patterns on long text', "a.all(x, !s.matches('(a|b|c|d){100}(e|f){100}$'))"],
    ['splitting into letters', "s.split('').all(x, s.split('').all(y, x == y))"],
  ])('stops within its budget: %s', (_, source) => {
    const data = { a: Array.from({ length: 200 }, (__, n) => n + 1), s: 'a'.repeat(5000) };
    expect(() => evaluate(source, data)).toThrow(/too much work|Exceeded/);
  });

  it.each([
    ['too deep in brackets', '('.repeat(1000) + '1' + ')'.repeat(1000)],
    ['too many signs', '-'.repeat(4000) + '1'],
    ['too long', 'true || '.repeat(1000) + 'true'],
    ['too many parts', '1+'.repeat(1500) + '1'],
  ])('refuses a source that is %s', (_, source) => {
    expect(compileExpression(source, {})).toMatchObject({ kind: 'refused' });
  });

  it('refuses data that is too deep or too large instead of walking it', () => {
    let deep: unknown = 1;
    for (let n = 0; n < 5000; n++) deep = [deep];
    expect(() => evaluate('a == 1', { a: deep })).toThrow('nested deeper');
    expect(() => evaluate("a == ''", { a: 'x'.repeat(3_000_000) })).toThrow('larger than');
  });

  it('never throws, whatever the text', () => {
    const bits = fc.constantFrom(
      'incident',
      '.',
      'priority',
      "'P1'",
      '==',
      ' ',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '1',
      '?',
      ':',
      '&&',
      'map(',
      ',',
      '"',
      '\\',
      '\n',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(bits).map((parts) => parts.join('')),
    );
    fc.assert(fc.property(text, (source) => void evaluateCondition(source, 'policy', { incident }, true)));
  });
});

import { describe, expect, it } from '@jest/globals';
import { numberOf, readAnswer, readRange } from './read-answer.js';

const vector = (...values: unknown[]): string =>
  JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value })) },
  });

describe('an answer to an instant query', () => {
  it('is one number', () => {
    expect(readAnswer(vector([1_000.5, '0.4']), null)).toEqual({
      kind: 'value',
      value: 0.4,
      answeredAt: 1_000_500,
    });
    const scalar = JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [1, '7'] } });
    expect(readAnswer(scalar, null)).toMatchObject({ kind: 'value', value: 7 });
  });

  it('is no data when no series matches', () => {
    expect(readAnswer(vector(), null)).toMatchObject({ kind: 'no_data' });
  });

  it.each([
    ['NaN', vector([1, 'NaN']), 'the value is NaN, not a finite number'],
    ['infinity', vector([1, '+Inf']), 'the value is +Inf, not a finite number'],
    ['no text', vector([1, '']), 'the value is , not a finite number'],
    ['what overflows', vector([1, '1e200']), 'the value is 1e200, not a finite number'],
    ['two series', vector([1, '1'], [1, '2']), 'the query gives 2 series, and a watch takes one: aggregate it, for example with max(…)'], // prettier-ignore
    ['a range', JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } }), 'the query gives a matrix, not one number'], // prettier-ignore
    ['a refusal', JSON.stringify({ status: 'error', error: 'parse error' }), 'the server refused the query: parse error'], // prettier-ignore
    ['a page', '<html>', 'the answer is not JSON as Prometheus has it'],
    ['null', 'null', 'the answer is not JSON as Prometheus has it'],
    ['nothing', '', 'the answer is not JSON as Prometheus has it'],
    ['no result', JSON.stringify({ status: 'success' }), 'the answer has no result'],
    ['a value without time', vector('x'), 'the answer has no time and value'],
    ['a time that is no number', vector(['x', '1']), 'the answer has no time and value'],
  ])('cannot be judged: %s', (_, body, why) => {
    expect(readAnswer(body, null)).toEqual({ kind: 'not_judged', why });
  });

  it('cannot be judged when its time goes backwards by more than two servers may differ', () => {
    const before = Date.parse('2026-11-30T12:00:00Z');
    const at = (ms: number) => readAnswer(vector([(before + ms) / 1000, '1']), before);
    expect(at(-60_000)).toMatchObject({ kind: 'value' });
    expect(at(-61_000)).toEqual({
      kind: 'not_judged',
      why: 'the time of the answer went backwards, from 2026-11-30T12:00:00.000Z to 2026-11-30T11:58:59.000Z: its clock is wrong',
    });
    expect(readAnswer(vector([1e300, '1']), null)).toMatchObject({ kind: 'not_judged' });
  });
});

it('a range leaves out what is no number, and is in order', () => {
  const values = [[20, '2'], [10, '1'], [15, 'NaN'], ['x', '1'], null];
  const body = (series: unknown[]) => JSON.stringify({ status: 'success', data: { result: series } });
  expect(readRange(body([{ values }]))).toEqual({
    kind: 'values',
    values: [
      { at: 10_000, value: 1 },
      { at: 20_000, value: 2 },
    ],
  });
  expect(readRange(body([]))).toEqual({ kind: 'values', values: [] });
  expect(readRange(body([{}, {}]))).toMatchObject({ kind: 'not_judged' });
  expect(readRange('garbage')).toMatchObject({ kind: 'not_judged' });
});

it('a number too small to be squared is zero', () => {
  expect(numberOf(1e-200)).toBe(0);
  expect(numberOf('-3.5')).toBe(-3.5);
});

/** Reads a Prometheus answer to an instant query: one finite number, no data, or why it cannot be judged. */
import { isObject } from '../shared/is-object.js';

export type ReadAnswer =
  | { kind: 'value'; value: number; answeredAt: number }
  | { kind: 'no_data'; answeredAt: number | null }
  | { kind: 'not_judged'; why: string };

/** A pair of servers behind one address may disagree by as much. */
const BACKWARDS_MS = 60_000;
/** Its square still is a number. */
const VALUE_MAX = 1e100;

const cannot = (why: string): ReadAnswer => ({ kind: 'not_judged', why });

/** `before`: the time in the answer before this one. */
export function readAnswer(body: string, before: number | null): ReadAnswer {
  const answer = parsed(body);
  if (!isObject(answer)) return cannot('the answer is not JSON as Prometheus has it');
  if (answer['status'] !== 'success') {
    const said = typeof answer['error'] === 'string' ? answer['error'] : 'no reason';
    return cannot(`the server refused the query: ${said.slice(0, 300)}`);
  }
  const data = isObject(answer['data']) ? answer['data'] : {};
  const { resultType, result } = data;
  if (!Array.isArray(result)) return cannot('the answer has no result');
  if (resultType === 'scalar') return readSample(result, before);
  if (resultType !== 'vector')
    return cannot(`the query gives a ${String(resultType).slice(0, 40)}, not one number`);
  const [first, ...others] = result as unknown[];
  if (first === undefined) return { kind: 'no_data', answeredAt: null };
  if (others.length > 0)
    return cannot(
      `the query gives ${result.length} series, and a watch takes one: aggregate it, for example with max(…)`,
    );
  return readSample(isObject(first) && Array.isArray(first['value']) ? first['value'] : [], before);
}

function readSample([time, text]: unknown[], before: number | null): ReadAnswer {
  if (typeof time !== 'number' || !Number.isFinite(time) || typeof text !== 'string')
    return cannot('the answer has no time and value');
  const answeredAt = Math.round(time * 1000);
  if (Number.isNaN(new Date(answeredAt).getTime())) return cannot('the answer has a time that is no date');
  if (before !== null && answeredAt < before - BACKWARDS_MS)
    return cannot(
      `the time of the answer went backwards, from ${isoOf(before)} to ${isoOf(answeredAt)}: its clock is wrong`,
    );
  return finite(text, answeredAt);
}

function finite(text: string, answeredAt: number): ReadAnswer {
  const value = numberOf(text);
  if (value === null) return cannot(`the value is ${text.slice(0, 40)}, not a finite number`);
  return { kind: 'value', value, answeredAt };
}

/** Null: not a number that can be judged. What is too small to be squared counts as zero. */
export function numberOf(text: string | number): number | null {
  const value = typeof text === 'number' ? text : text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || Math.abs(value) > VALUE_MAX) return null;
  return Math.abs(value) < 1 / VALUE_MAX ? 0 : value;
}

/** The series of a range query, oldest first; values that are no numbers are left out. */
export type ReadRange =
  { kind: 'values'; values: { at: number; value: number }[] } | { kind: 'not_judged'; why: string };

export function readRange(body: string): ReadRange {
  const answer = parsed(body);
  const data = isObject(answer) && isObject(answer['data']) ? answer['data'] : {};
  const { result } = data;
  if (!isObject(answer) || answer['status'] !== 'success' || !Array.isArray(result))
    return { kind: 'not_judged', why: 'the answer is not a series as Prometheus has it' };
  if (result.length > 1)
    return { kind: 'not_judged', why: `the query gives ${result.length} series, and a watch takes one` };
  const [series] = result as unknown[];
  const pairs: unknown[] = isObject(series) && Array.isArray(series['values']) ? series['values'] : [];
  const values = pairs.flatMap((pair) => {
    const [time, text] = Array.isArray(pair) ? (pair as unknown[]) : [];
    const value = typeof text === 'string' ? numberOf(text) : null;
    return typeof time === 'number' && Number.isFinite(time) && value !== null
      ? [{ at: Math.round(time * 1000), value }]
      : [];
  });
  return { kind: 'values', values: values.sort((a, b) => a.at - b.at) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}

const isoOf = (at: number): string => new Date(at).toISOString();

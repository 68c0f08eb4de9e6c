/** Turns zod issues into sentences: the path, the valid form, the actual value. Used by documents and API bodies alike. */
import type { z } from 'zod';
import { nearest } from '../domain/config/nearest.js';

export type FieldPath = readonly (string | number)[];

export interface FieldProblem {
  path: FieldPath;
  message: string;
  /** The path names a key that must not exist (so the position is that of the key). */
  atKey: boolean;
}

type Issue = z.core.$ZodIssue;

/** Maximum of reported unknown fields of one object; each one requires a search for a similar name. */
const UNKNOWN_MAX = 50;

/** More problems are not useful: authors correct some and try again. */
const PROBLEMS_MAX = 200;

/** The first problems. `knownFields`: names to suggest for an unknown field. */
export function fieldProblems(
  error: z.ZodError,
  input: unknown,
  knownFields: readonly string[] = [],
  most: number = PROBLEMS_MAX,
): FieldProblem[] {
  const found = new Map<string, FieldProblem>();
  for (const issue of error.issues) {
    for (const problem of problemsOf(issue, [], input, knownFields)) {
      const key = `${pathText(problem.path)} ${problem.message}`;
      if (!found.has(key)) found.set(key, problem);
      if (found.size >= most) return [...found.values()];
    }
  }
  return [...found.values()];
}

/** `spec.steps[0].notify`; empty for the whole. */
export function pathText(path: FieldPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

function problemsOf(
  issue: Issue,
  above: FieldPath,
  input: unknown,
  known: readonly string[],
): FieldProblem[] {
  const path: FieldPath = [
    ...above,
    ...issue.path.map((part) => (typeof part === 'number' ? part : String(part))),
  ];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, UNKNOWN_MAX).map((key) => {
      const meant = nearest(key, known);
      return {
        path: [...path, key],
        message: `unknown field${meant === null ? '' : `, did you mean ${meant}?`}`,
        atKey: true,
      };
    });
  }
  if (issue.code === 'invalid_union') return unionProblems(issue, path, input, known);
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    const [first] = issue.issues;
    const inside = first === undefined ? 'not allowed here' : sentence(first, undefined);
    return [
      {
        path,
        message: `${issue.code === 'invalid_key' ? 'bad name: ' : ''}${inside}`,
        atKey: issue.code === 'invalid_key',
      },
    ];
  }
  return [{ path, message: sentence(issue, valueAt(input, path)), atKey: false }];
}

/** The problems of the branch that the author most probably meant: the one with the fewest unknown and missing fields. */
function unionProblems(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: FieldPath,
  input: unknown,
  known: readonly string[],
): FieldProblem[] {
  const value = valueAt(input, path);
  // A union with its own error (see contracts/config/one-kind.ts) has its own message.
  if (issue.message !== 'Invalid input')
    return [{ path, message: withGot(issue.message, value), atKey: false }];
  const misfit = (branch: readonly Issue[]): number =>
    branch.reduce((sum, one) => {
      if (one.code === 'unrecognized_keys') return sum + one.keys.length;
      if (one.code === 'invalid_type' && one.path.length === 0) return sum + 100;
      return (
        sum +
        (valueAt(
          value,
          one.path.map((part) => (typeof part === 'number' ? part : String(part))),
        ) === undefined
          ? 1
          : 0.1)
      );
    }, 0);
  const [best] = issue.errors.toSorted((a, b) => misfit(a) - misfit(b));
  if (best === undefined || best.length === 0)
    return [{ path, message: withGot('something else', value), atKey: false }];
  return best.flatMap((one) => problemsOf(one, path, input, known));
}

function sentence(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      // No value is valid here; the schema's message gives the reason.
      if (issue.expected === 'never') return issue.message;
      if (value === undefined && issue.path.length > 0)
        return `missing: ${article(issue.expected)} is needed`;
      return withGot(article(issue.expected), value);
    case 'too_big':
      return tooBig(issue, value);
    case 'too_small':
      return tooSmall(issue, value);
    case 'invalid_value':
      if (issue.message.startsWith('Invalid')) return withGot(oneOf(issue.values), value);
      return withGot(issue.message, value);
    case 'invalid_format':
      return withGot(issue.message, value);
    case 'not_multiple_of':
      return withGot(`a multiple of ${issue.divisor}`, value);
    case 'custom':
      // Refinements describe the valid form; checks across fields give a complete sentence.
      return /^(?:an? |one |exactly |business days|letters)/.test(issue.message)
        ? withGot(issue.message, value)
        : issue.message;
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
      return issue.message;
  }
}

const unitOf: Record<string, string> = {
  string: ' characters',
  array: ' entries',
  set: ' entries',
  map: ' entries',
  object: ' fields',
};

function tooBig(issue: Extract<Issue, { code: 'too_big' }>, value: unknown): string {
  const unit = unitOf[issue.origin] ?? '';
  return withGot(
    `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit}`,
    measured(value, issue.origin),
  );
}

function tooSmall(issue: Extract<Issue, { code: 'too_small' }>, value: unknown): string {
  if (!issue.message.startsWith('Too small')) return issue.message;
  if (issue.origin === 'array' && issue.minimum === 1) return 'at least one entry, got an empty list';
  const unit = unitOf[issue.origin] ?? '';
  return withGot(
    `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit}`,
    measured(value, issue.origin),
  );
}

function measured(value: unknown, origin: string): unknown {
  if (typeof value === 'string' && origin === 'string') return value.length;
  return Array.isArray(value) ? value.length : value;
}

function oneOf(values: readonly unknown[]): string {
  const [only] = values;
  return values.length === 1 ? String(only) : `one of ${values.join(', ')}`;
}

const names: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with fields',
  record: 'an object with fields',
  null: 'null',
};

const article = (expected: string): string => names[expected] ?? `a ${expected}`;

function withGot(expected: string, value: unknown): string {
  return value === undefined ? expected : `${expected}, got ${shown(value)}`;
}

/** A value in an error message: short, on one line, so that it cannot fill a log. */
function shown(value: unknown): string {
  if (value === null) return 'nothing (null)';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function valueAt(value: unknown, path: FieldPath): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}

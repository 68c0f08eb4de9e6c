/** Formats a sender's extra fields (annotations, custom details) as lines for people. Pure. */
import { cutText } from './signal-limits.js';

export interface OwnField {
  /** `region`, or `host.name` for a nested field. */
  name: string;
  value: string;
}

const VALUE_SHOWN = 400;
const DEPTH = 4;

/**
 * Fields in the sender's order without empty values and texts already shown; a detail that is not an object is one field. `most` is
 * the most characters of a value.
 */
export function ownFields(
  details: unknown,
  said: readonly (string | null)[] = [],
  most: number = VALUE_SHOWN,
): OwnField[] {
  const known = new Set(said.map((text) => text?.trim()));
  return fieldsOf('', details, 0)
    .map(({ name, value }) => ({ name: name === '' ? 'details' : name, value: value.trim() }))
    .filter(({ value }) => value !== '' && !known.has(value))
    .map(({ name, value }) => ({ name, value: cutText(value, most) }));
}

function fieldsOf(name: string, value: unknown, depth: number): OwnField[] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'string') return [{ name, value }];
  if (typeof value !== 'object' || depth === DEPTH || (Array.isArray(value) && value.every(isScalar)))
    return [{ name, value: Array.isArray(value) ? value.map(textOf).join(', ') : textOf(value) }];
  return Object.entries(value).flatMap(([key, one]) =>
    fieldsOf(name === '' ? key : `${name}.${key}`, one, depth + 1),
  );
}

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

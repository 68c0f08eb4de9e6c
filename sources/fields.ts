/** Reading fields of unknown JSON, and collecting every error of a body instead of the first. */
import type { Json } from '../domain/alert/signal.js';
import type { FieldError } from './format.js';

export type JsonObject = { [field: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A field that should be text. Numbers and booleans are taken as their text: senders fill templates. `absent`: missing,
 * null or nothing but blanks; `wrong`: an object or an array.
 */
export type TextField = { kind: 'text'; text: string } | { kind: 'absent' } | { kind: 'wrong' };

export function textField(value: Json | undefined): TextField {
  if (value === undefined || value === null) return { kind: 'absent' };
  if (typeof value === 'object') return { kind: 'wrong' };
  const text = String(value);
  return text.trim() === '' ? { kind: 'absent' } : { kind: 'text', text };
}

/** The text of a field that nothing depends on, or undefined. */
export function looseText(value: Json | undefined): string | undefined {
  const field = textField(value);
  return field.kind === 'text' ? field.text : undefined;
}

/** What the sender wrote, for a message: at most 40 characters. */
export function quoted(value: Json | undefined): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return `"${text.length > 40 ? `${text.slice(0, 39)}…` : text}"`;
}

const MAX_ERRORS = 100;

/** Every error of a body up to 100, then how many more there are: the answer stays small for a body of a thousand bad alerts. */
export class ErrorList {
  private readonly errors: FieldError[] = [];
  private more = 0;

  add(path: string, message: string): void {
    if (this.errors.length < MAX_ERRORS) this.errors.push({ path: path === '' ? 'body' : path, message });
    else this.more += 1;
  }

  get count(): number {
    return this.errors.length + this.more;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  list(): FieldError[] {
    if (this.more === 0) return this.errors;
    return [...this.errors, { path: 'body', message: `and ${this.more} more errors` }];
  }
}

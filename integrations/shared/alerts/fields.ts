/** Reads fields of unknown JSON, collecting all errors of a body instead of the first. */
import type { Json } from '../../../domain/alert/signal.js';
import { cutText } from '../../../domain/alert/signal-limits.js';
import type { FieldError } from './format.js';

export type JsonObject = { [field: string]: Json };

/**
 * A field that should be text. Numbers and booleans are accepted as their text, because senders fill templates. `absent`:
 * missing, null or only blanks; `wrong`: an object or an array.
 */
export type TextField = { kind: 'text'; text: string } | { kind: 'absent' } | { kind: 'wrong' };

export function textField(value: Json | undefined): TextField {
  if (value === undefined || value === null) return { kind: 'absent' };
  if (typeof value === 'object') return { kind: 'wrong' };
  const text = String(value);
  return text.trim() === '' ? { kind: 'absent' } : { kind: 'text', text };
}

/** The text of an optional field, or undefined. */
export function looseText(value: Json | undefined): string | undefined {
  const field = textField(value);
  return field.kind === 'text' ? field.text : undefined;
}

/** The sender's value for a message: at most 40 characters. */
export function quoted(value: Json | undefined): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return `"${cutText(text, 40)}"`;
}

const MAX_ERRORS = 100;
/** Maximum number of notes on one alert that a person reads. */
const MAX_NOTES = 20;

/**
 * Errors of a body. `add`: a field replaced by a default; `refuse`: a field without which the condition is unidentified. The
 * response to a refused body lists up to 100 errors, then the number of further ones, so that it stays small for a body of a
 * thousand invalid alerts.
 */
export class ErrorList {
  private readonly errors: FieldError[] = [];
  private more = 0;
  private moreMayPage = false;
  private refused = false;
  private mayPage = false;

  add(path: string, message: string, { pagesNobody }: Pick<FieldError, 'pagesNobody'> = {}): void {
    if (this.errors.length < MAX_ERRORS)
      this.errors.push({
        path: path === '' ? 'body' : path,
        message,
        ...(pagesNobody ? { pagesNobody } : {}),
      });
    else {
      this.more += 1;
      this.moreMayPage ||= pagesNobody !== true;
    }
  }

  refuse(path: string, message: string): void {
    this.refused = true;
    this.mayPage = true;
    this.add(path, message);
  }

  /** As `refuse`, for a signal that could not have paged anyone. */
  refuseQuietly(path: string, message: string): void {
    this.refused = true;
    this.add(path, message);
  }

  addEach(errors: readonly FieldError[]): void {
    for (const { path, message } of errors) this.add(path, message);
  }

  /** Turns the errors added so far into a refusal. */
  refuseAll(): void {
    this.refused = true;
    this.mayPage = true;
  }

  /** Adds the errors of one alert of several; `within` is its position, `[3]`. */
  addAll(errors: readonly FieldError[], within: string): void {
    for (const { path, message, ...rest } of errors)
      this.add(
        path === 'body' ? within : path.startsWith('[') ? `${within}${path}` : joined(within, path),
        message,
        rest,
      );
  }

  get isRefused(): boolean {
    return this.refused;
  }

  list(): FieldError[] {
    const all = this.more === 0 ? this.errors : [...this.errors, this.rest()];
    return this.refused && !this.mayPage ? all.map((one) => ({ ...one, pagesNobody: true })) : all;
  }

  private rest(): FieldError {
    const message = `and ${this.more} more errors`;
    return { path: 'body', message, ...(this.moreMayPage ? {} : { pagesNobody: true }) };
  }

  /** Notes for an alert that was created despite the errors. */
  notes(): string[] {
    const notes = this.errors.slice(0, MAX_NOTES).map(noteOf);
    const more = this.errors.length + this.more - notes.length;
    return more === 0 ? notes : [...notes, `and ${more} more`];
  }
}

/** Notes on a body that concern one alert of its list, with paths relative to the alert, and those on the whole body. */
export function notesOn(notes: readonly FieldError[], list: string, index: number): FieldError[] {
  const own = `${list}[${index}]`;
  return notes.flatMap(({ path, message }): FieldError[] => {
    if (!path.startsWith(`${list}[`)) return [{ path, message }];
    if (path === own) return [{ path: 'body', message }];
    return path.startsWith(`${own}.`) ? [{ path: path.slice(own.length + 1), message }] : [];
  });
}

const joined = (within: string, path: string): string => (within === '' ? path : `${within}.${path}`);

/** PagerDuty's messages already name their field. */
const noteOf = ({ path, message }: FieldError): string =>
  message.includes(`'${path}'`) || path === 'body' ? message : `${path} ${message}`;

/** What is put right in a body that is not quite JSON, and what is said about it. The text is written anew only where it has to be. */
import type { FieldError } from './format.js';

/** More broken places than these are no slip of a template. */
const REPLACED_MAX = 100_000;
/** People read some of them. */
const NOTED_MAX = 100;

export class JsonRepair {
  readonly notes: FieldError[] = [];
  hasForbiddenKeys = false;
  private readonly pieces: string[] = [];
  private from = 0;

  constructor(private readonly text: string) {}

  note(say: () => FieldError): void {
    if (this.notes.length < NOTED_MAX) this.notes.push(say());
  }

  /** In the order of the text. */
  replace(start: number, end: number, by: string): void {
    this.pieces.push(this.text.slice(this.from, start), by);
    this.from = end;
  }

  get isTooBroken(): boolean {
    return this.pieces.length / 2 > REPLACED_MAX;
  }

  /** As `JSON.parse` takes it. */
  result(): string {
    return this.from === 0 ? this.text : [...this.pieces, this.text.slice(this.from)].join('');
  }

  /** The string that starts there, with what may not stand in one written as an escape; null when it does not end. */
  string(text: string, start: number): { raw: string; end: number } | null {
    const escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
    const parts: string[] = [];
    let from = start;
    for (let at = start + 1; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === 0x22) return { raw: [...parts, text.slice(from, at + 1)].join(''), end: at + 1 };
      if (unit < 0x20) {
        parts.push(text.slice(from, at), `\\u${unit.toString(16).padStart(4, '0')}`);
        from = at + 1;
      } else if (unit === 0x5c) {
        escape.lastIndex = at;
        if (escape.test(text)) at = escape.lastIndex - 1;
        else {
          // The backslash itself was meant: `C:\dir`.
          parts.push(text.slice(from, at), '\\\\');
          from = at + 1;
        }
      }
    }
    return null;
  }
}

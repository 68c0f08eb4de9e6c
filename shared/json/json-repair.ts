/** Repairs of a near-JSON body, and the notes about them. The text is copied only when there is a repair. */
import type { JsonProblem } from './json-problem.js';

/** A body with more repairs is not the mistake of a template. */
const REPLACED_MAX = 100_000;
/** Notes beyond this number would not be read. */
const NOTED_MAX = 100;

export class JsonRepair {
  readonly notes: JsonProblem[] = [];
  hasForbiddenKeys = false;
  private readonly pieces: string[] = [];
  private from = 0;

  constructor(private readonly text: string) {}

  note(say: () => JsonProblem): void {
    if (this.notes.length < NOTED_MAX) this.notes.push(say());
  }

  /** Replacements must arrive in the order of the text. */
  replace(start: number, end: number, by: string): void {
    this.pieces.push(this.text.slice(this.from, start), by);
    this.from = end;
  }

  get isTooBroken(): boolean {
    return this.pieces.length / 2 > REPLACED_MAX;
  }

  /** The text that `JSON.parse` accepts. */
  result(): string {
    return this.from === 0 ? this.text : [...this.pieces, this.text.slice(this.from)].join('');
  }

  /** The string at `start`, with its invalid characters written as escapes; null when the string does not end. */
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
          // The sender meant the backslash itself: `C:\dir`.
          parts.push(text.slice(from, at), '\\\\');
          from = at + 1;
        }
      }
    }
    return null;
  }
}

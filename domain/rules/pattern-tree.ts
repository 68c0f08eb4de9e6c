/**
 * Parses a regular expression (the RE2 subset used in conditions) into a tree. Constructs that a linear-time matcher cannot
 * support (back references, look-around) are refused at compile time instead of being passed to a backtracking engine.
 */

export type CodePointTest = (codePoint: number) => boolean;

export type PatternNode =
  | { kind: 'empty' }
  | { kind: 'char'; test: CodePointTest }
  | { kind: 'assert'; at: 'start' | 'end' | 'word' | 'inside' }
  | { kind: 'sequence'; nodes: PatternNode[] }
  | { kind: 'either'; nodes: PatternNode[] }
  | { kind: 'repeat'; node: PatternNode; min: number; max: number | null };

/** `offset` counts UTF-16 units of the pattern. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

const PATTERN_MAX = 512;
const REPEAT_MAX = 1000;

export const isWord: CodePointTest = (c) =>
  (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || c === 95 || (c >= 97 && c <= 122);
const isDigit: CodePointTest = (c) => c >= 48 && c <= 57;
const isSpace: CodePointTest = (c) => c === 32 || (c >= 9 && c <= 13);
const not =
  (test: CodePointTest): CodePointTest =>
  (c) =>
    !test(c);
const classes: Record<string, CodePointTest> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};
const controls: Record<string, number> = { n: 10, r: 13, t: 9, f: 12, v: 11 };

/** Throws PatternError. A leading `(?i)` ignores case, `(?s)` lets `.` match line breaks. */
export function readPattern(source: string): PatternNode {
  if (source.length > PATTERN_MAX)
    throw new PatternError(`the pattern is longer than ${PATTERN_MAX} characters`, PATTERN_MAX);
  const flags = /^\(\?([is]+)\)/.exec(source);
  const reader = new Reader(source, flags?.[0].length ?? 0, flags?.[1] ?? '');
  const tree = reader.either();
  if (reader.at < source.length) throw reader.error('there is no group that this ) closes');
  return tree;
}

class Reader {
  constructor(
    private readonly source: string,
    public at: number,
    private readonly flags: string,
  ) {}

  error(message: string, offset = this.at): PatternError {
    return new PatternError(message, offset);
  }

  either(): PatternNode {
    const nodes = [this.sequence()];
    while (this.take('|')) nodes.push(this.sequence());
    const [only] = nodes;
    return nodes.length === 1 && only !== undefined ? only : { kind: 'either', nodes };
  }

  private sequence(): PatternNode {
    const nodes: PatternNode[] = [];
    while (this.at < this.source.length && !'|)'.includes(this.source.charAt(this.at)))
      nodes.push(this.repeated());
    return { kind: 'sequence', nodes };
  }

  private repeated(): PatternNode {
    const node = this.atom();
    const bounds = this.bounds();
    if (bounds === null) return node;
    this.take('?');
    if (/^[*+?]|^\{\d/.test(this.source.slice(this.at)))
      throw this.error('a repetition cannot be repeated; use a group');
    return { kind: 'repeat', node, ...bounds };
  }

  private bounds(): { min: number; max: number | null } | null {
    if (this.take('*')) return { min: 0, max: null };
    if (this.take('+')) return { min: 1, max: null };
    if (this.take('?')) return { min: 0, max: 1 };
    const counted = /^\{(\d{1,5})(,(\d{0,5}))?\}/.exec(this.source.slice(this.at));
    if (counted === null) return null;
    const min = Number(counted[1]);
    const max = counted[2] === undefined ? min : counted[3] === '' ? null : Number(counted[3]);
    if (min > REPEAT_MAX || (max ?? 0) > REPEAT_MAX)
      throw this.error(`at most ${REPEAT_MAX} repetitions can be counted`);
    if (max !== null && max < min) throw this.error('the repetition ends before it begins');
    this.at += counted[0].length;
    return { min, max };
  }

  private atom(): PatternNode {
    const start = this.at;
    if (this.take('(')) return this.group(start);
    if (this.take('[')) return { kind: 'char', test: this.folded(this.set(start)) };
    if (this.take('^')) return { kind: 'assert', at: 'start' };
    if (this.take('$')) return { kind: 'assert', at: 'end' };
    if (this.take('.'))
      return { kind: 'char', test: this.flags.includes('s') ? () => true : (c) => c !== 10 && c !== 13 };
    if (this.take('\\')) {
      if (this.take('b')) return { kind: 'assert', at: 'word' };
      if (this.take('B')) return { kind: 'assert', at: 'inside' };
      const escaped = this.escape(start);
      return {
        kind: 'char',
        test: typeof escaped === 'number' ? this.folded((c) => c === escaped) : escaped,
      };
    }
    if ('*+?'.includes(this.source.charAt(this.at))) throw this.error('there is nothing to repeat');
    const literal = this.codePoint();
    return { kind: 'char', test: this.folded((c) => c === literal) };
  }

  private group(start: number): PatternNode {
    const rest = this.source.slice(this.at);
    const opening = /^\?(?::|P?<[A-Za-z_]\w*>)/.exec(rest);
    if (opening !== null) this.at += opening[0].length;
    else if (rest.startsWith('?'))
      throw this.error(
        'look-around and inline flags are not supported: they have no linear-time matcher',
        start,
      );
    const inside = this.either();
    if (!this.take(')')) throw this.error('this group is not closed', start);
    return inside;
  }

  private set(start: number): CodePointTest {
    const negated = this.take('^');
    const tests: CodePointTest[] = [];
    for (let first = true; first || !this.source.startsWith(']', this.at); first = false) {
      if (this.at >= this.source.length) throw this.error('this [ is not closed', start);
      const from = this.setItem();
      const ranged =
        typeof from === 'number' && this.source[this.at] === '-' && (this.source[this.at + 1] ?? ']') !== ']';
      if (!ranged) {
        tests.push(typeof from === 'number' ? (c) => c === from : from);
        continue;
      }
      this.at += 1;
      const to = this.setItem();
      if (typeof to !== 'number' || to < from) throw this.error('this range ends before it begins', start);
      tests.push((c) => c >= from && c <= to);
    }
    this.at += 1;
    const any: CodePointTest = (c) => tests.some((test) => test(c));
    return negated ? not(this.folded(any)) : any;
  }

  private setItem(): number | CodePointTest {
    const start = this.at;
    if (!this.take('\\')) return this.codePoint();
    return this.take('b') ? 8 : this.escape(start);
  }

  /** The escape after a backslash. */
  private escape(start: number): number | CodePointTest {
    if (this.at >= this.source.length) throw this.error('the pattern ends in the middle of an escape', start);
    const hex = /^(?:x([\da-fA-F]{2})|u([\da-fA-F]{4}))/.exec(this.source.slice(this.at));
    if (hex !== null) {
      this.at += hex[0].length;
      return Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    }
    const letter = this.codePoint();
    const name = String.fromCodePoint(letter);
    const named = classes[name] ?? controls[name];
    if (named !== undefined) return named;
    if (/[1-9k]/.test(name))
      throw this.error('back references are not supported: they have no linear-time matcher', start);
    if (/[A-Za-z0]/.test(name)) throw this.error(`the escape \\${name} is not supported`, start);
    return letter;
  }

  private folded(test: CodePointTest): CodePointTest {
    if (!this.flags.includes('i')) return test;
    const folds = (c: number, to: string): boolean => {
      const other = to.codePointAt(0);
      return other !== undefined && other !== c && test(other);
    };
    return (c) => {
      const text = String.fromCodePoint(c);
      return test(c) || folds(c, text.toLowerCase()) || folds(c, text.toUpperCase());
    };
  }

  private codePoint(): number {
    const codePoint = this.source.codePointAt(this.at) ?? 0;
    this.at += codePoint > 0xffff ? 2 : 1;
    return codePoint;
  }

  private take(character: string): boolean {
    if (this.source[this.at] !== character) return false;
    this.at += 1;
    return true;
  }
}

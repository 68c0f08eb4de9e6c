import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readJson } from './json.js';
import { scanJson } from './json-scan.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string) => readJson(bytes(text), {});
const errorOf = (text: string) => {
  const outcome = read(text);
  return outcome.kind === 'rejected' ? outcome.errors[0] : undefined;
};

/** Has a key that we refuse and JSON.parse does not. */
const hasForbiddenKey = (text: string): boolean => /"(__proto__|constructor|prototype)"/.test(text);

describe('the JSON reader', () => {
  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!hasForbiddenKey(text) && !/\\u(?:0000|d)/i.test(text));
        expect(read(text)).toEqual({ kind: 'json', value: JSON.parse(text) });
      }),
    );
  });

  it('takes and refuses the same grammar as JSON.parse', () => {
    const soup = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '"a"',
        '"b"',
        '"\\',
        '\\u00e9',
        '1',
        '-',
        '0',
        '.5',
        'e+3',
        'true',
        'null',
        ' ',
        '\n',
        '\t',
        '\u0001',
        'é',
      ),
      { maxLength: 14 },
    );
    const mangled = fc
      .tuple(fc.jsonValue({ maxDepth: 4 }), fc.nat(), fc.string({ maxLength: 2 }))
      .map(([value, at, insert]) => {
        const text = JSON.stringify(value);
        const cut = at % (text.length + 1);
        return text.slice(0, cut) + insert + text.slice(cut + 1);
      });
    const texts = fc.oneof(
      soup.map((tokens) => tokens.join('')),
      mangled,
    );
    fc.assert(
      fc.property(texts, (text) => {
        const error = scanJson(text);
        if (error !== null && /occurs twice|is not allowed as a key|nested deeper/.test(error.message))
          return;
        let parsed = true;
        try {
          JSON.parse(text);
        } catch {
          parsed = false;
        }
        expect([text, error === null]).toEqual([text, parsed]);
      }),
      { numRuns: 3000 },
    );
  });

  it('never throws, and says where, on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (raw) => {
        const outcome = readJson(raw, {});
        if (outcome.kind === 'rejected')
          expect(outcome.errors[0]).toMatchObject({ path: expect.stringMatching(/./) });
      }),
    );
  });

  it('names a key that occurs twice, its place in the document and in the text', () => {
    expect(errorOf('{"payload": {"summary": "a",\n "source": "b", "summary": "c"}}')).toEqual({
      path: 'payload',
      message: '"summary" occurs twice, at line 2, column 17',
    });
    expect(errorOf('[{"a": 1}, {"a": 1, "\\u0061": 2}]')).toEqual({
      path: '[1]',
      message: '"a" occurs twice, at line 1, column 21',
    });
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses %s as a key, however it is written', (key) => {
    expect(errorOf(`{"labels": {"${key}": {"admin": true}}}`)).toMatchObject({
      path: 'labels',
      message: expect.stringContaining('not allowed'),
    });
    expect(errorOf(`{"\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}": 1}`)).toMatchObject({
      path: 'body',
    });
  });

  it('takes 64 levels, refuses 65, and a body of nothing but brackets at once', () => {
    expect(read('['.repeat(64) + ']'.repeat(64)).kind).toBe('json');
    expect(errorOf('['.repeat(65) + ']'.repeat(65))?.message).toContain(
      'nested deeper than 64 levels at line 1, column 65',
    );
    expect(errorOf('['.repeat(4_000_000))?.message).toContain('nested deeper');
  });

  it('takes as many fields in all as it is told, and any number unless it is', () => {
    const text = '[{"a": 1, "b": 2}, {"a": {"b": 3}}]';
    expect(readJson(bytes(text), {}, { keysMax: 4 }).kind).toBe('json');
    expect(readJson(bytes(text), {}, { keysMax: 3 })).toMatchObject({
      errors: [{ message: 'more than 3 fields in all at line 1, column 27' }],
    });
    expect(read(text).kind).toBe('json');
  });

  it('reads a string of the longest body', () => {
    expect(read(JSON.stringify('\\"'.repeat(1_000_000))).kind).toBe('json');
    expect(errorOf('"' + 'x'.repeat(4_000_000))?.message).toContain('not closed');
  });

  it('says where the grammar breaks', () => {
    expect(errorOf('{"a":}')).toEqual({
      path: 'a',
      message: '"}" where a value should be at line 1, column 6',
    });
    expect(errorOf('{"a": 1,\n}')?.message).toBe(
      '"}" where a key in double quotes should be at line 2, column 1',
    );
    expect(errorOf('{"a": [1, 2')).toEqual({
      path: 'a[1]',
      message: 'the JSON ends early: a comma or ] is missing at line 1, column 12',
    });
    expect(errorOf('{} {}')?.message).toContain('where the end should be');
  });

  it('tolerates a byte order mark, refuses other charsets and broken UTF-8', () => {
    expect(read('\uFEFF{"a": 1}')).toEqual({ kind: 'json', value: { a: 1 } });
    expect(readJson(Uint8Array.of(0x22, 0xe9, 0x22), {})).toMatchObject({
      errors: [{ message: 'the body is not UTF-8' }],
    });
    const latin = { 'content-type': 'application/json; charset=ISO-8859-1' };
    expect(readJson(bytes('{}'), latin)).toMatchObject({
      errors: [{ message: expect.stringContaining('ISO-8859-1') }],
    });
    expect(readJson(bytes('{}'), { 'content-type': 'application/json; charset="UTF-8"' }).kind).toBe('json');
    expect(errorOf(' \n')?.message).toContain('empty');
  });

  it('replaces what PostgreSQL cannot store, and still sees twins', () => {
    expect(read('{"a\\u0000": ["\\ud800x", "\\ud83d\\ude00"]}')).toEqual({
      kind: 'json',
      value: { 'a\uFFFD': ['\uFFFDx', '😀'] },
    });
    expect(errorOf('{"\\ud800": 1, "\\udfff": 2}')?.message).toContain('occurs twice');
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AlertJson, readAlertJson, readJson } from './json.js';
import { scanJson } from './json-scan.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string) => readJson(bytes(text), {});
const errorOf = (text: string) => {
  const outcome = read(text);
  return outcome.kind === 'rejected' ? outcome.errors[0] : undefined;
};

/** True for a key that this reader refuses and JSON.parse accepts. */
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

const mend = (text: string): AlertJson => readAlertJson(bytes(text), {});

describe('the reader of alerts', () => {
  it('reads what JSON is as JSON.parse does, and says nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!hasForbiddenKey(text) && !/\\u(?:0000|d)/i.test(text));
        expect(mend(text)).toEqual({ kind: 'json', value: JSON.parse(text), notes: [] });
      }),
    );
  });

  it.each<[string, string, unknown, string]>([
    [
      'a reserved key',
      '{"x": {"constructor": {}}}',
      { x: { constructor_: {} } },
      'x: "constructor" is not allowed as a key',
    ],
    [
      'a reserved key in escapes',
      '{"\\u005f_proto__": 1, "a": 2}',
      { __proto___: 1, a: 2 },
      'body: "__proto__" is not',
    ],
    [
      'a key twice',
      '{"title": "a", "title": "b"}',
      { title: 'b' },
      'body: "title" occurs twice; the last one counts',
    ],
    ['NaN (json.dumps)', '[{"v": NaN}]', [{ v: 'NaN' }], '[0].v: is NaN'],
    [
      'infinities',
      '{"a": [-Infinity, +Inf, Infinity]}',
      { a: ['-Infinity', '+Inf', 'Infinity'] },
      'a[0]: is -Infinity',
    ],
    [
      'a raw line break',
      '{"a": "x\ny\tz", "b": 1}',
      { a: 'x\ny\tz', b: 1 },
      'a: holds a raw control character',
    ],
    ['a raw NUL', '{"a": "x\0y"}', { a: 'x\uFFFDy' }, 'a: holds a raw control character'],
    [
      'a path of Windows',
      String.raw`{"a": "C:\data\new \"x\""}`,
      { a: 'C:\\data\new "x"' },
      'a: holds a raw',
    ],
    ['a line break in a key', '{"a\n": 1}', { 'a\n': 1 }, 'body: holds a raw control character'],
    [
      'a comma too many',
      '{"a": [1, 2, ], "b": {"c": 1,},}',
      { a: [1, 2], b: { c: 1 } },
      'a[1]: ends with a comma',
    ],
  ])('reads %s in part, and notes it', (_, text, value, note) => {
    const read = mend(text);
    expect(read).toMatchObject({ kind: 'json', value });
    if (read.kind !== 'json') throw new Error('refused');
    expect(`${read.notes[0]?.path}: ${read.notes[0]?.message}`).toContain(note);
    // The reader of our own API accepts only JSON.
    expect(readJson(bytes(text), {}).kind).toBe('rejected');
  });

  it('reads Latin-1 among UTF-8, and keeps different keys different (idealista/prom2teams#365)', () => {
    const of = (byte: number) =>
      readAlertJson(Buffer.concat([bytes('{"k": "é'), Uint8Array.of(byte), bytes('"}')]), {});
    expect(of(0xe9)).toMatchObject({
      value: { k: 'éé' },
      notes: [{ message: expect.stringContaining('not UTF-8') }],
    });
    expect(of(0xfc)).toMatchObject({ value: { k: 'éü' } });
    const latin = { 'content-type': 'application/json; charset=ISO-8859-1' };
    expect(readAlertJson(Buffer.from('{"k": "é"}', 'latin1'), latin)).toEqual({
      kind: 'json',
      value: { k: 'é' },
      notes: [],
    });
    expect(readAlertJson(bytes('{"k": "é"}'), latin)).toMatchObject({ value: { k: 'é' } });
    const unknown = { 'content-type': 'application/json; charset=klingon' };
    expect(readAlertJson(bytes('{}'), unknown)).toMatchObject({ kind: 'json' });
  });

  it('makes JSON of whatever it takes, and never throws', () => {
    const tokens =
      '{ } [ ] , : "a" "b" "x\ny" "\\d" "\\ 1 - NaN Infinity true null "__proto__" \u0000 é'.split(' ');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 14 }), (parts) => {
        const read = mend(parts.join(''));
        if (read.kind === 'json')
          expect(JSON.stringify(read.value)).not.toMatch(/"(__proto__|constructor|prototype)":/);
      }),
      { numRuns: 3000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (raw) => void readAlertJson(raw, {})));
  });

  it('refuses what breaks off, and what is broken all over', () => {
    expect(mend('{"title": "Disk')).toMatchObject({ kind: 'rejected' });
    expect(mend('{"title": "Disk\n, "a": 1}')).toMatchObject({ kind: 'rejected' });
    expect(mend(`[${'NaN,'.repeat(150_000)}1]`)).toMatchObject({
      errors: [{ message: expect.stringContaining('more is broken') }],
    });
  });
});

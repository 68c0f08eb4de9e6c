import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hiding, secretParts, secretPattern } from './secret-forms.js';

const secret = 'p@ss w/rd+&="q<ü';
const hide = hiding([secret]);

describe('a secret is hidden', () => {
  it.each<[string, (text: string) => string]>([
    ['as it is', (text) => text],
    ['as a part of a URL', encodeURIComponent],
    ['as a URL', encodeURI],
    [
      'with small hex digits',
      (text) => encodeURIComponent(text).replaceAll(/%../g, (hex) => hex.toLowerCase()),
    ],
    ['as a form', (text) => new URLSearchParams({ a: text }).toString().slice(2)],
    ['in JSON', (text) => JSON.stringify(text).slice(1, -1)],
    ['in JSON with escaped slashes', (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/')],
    [
      'in JSON as ASCII',
      (text) => Array.from(text, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    ],
    ['in HTML', (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')],
    ['in HTML by numbers', (text) => Array.from(text, (one) => `&#${one.charCodeAt(0)};`).join('')],
    [
      'in HTML by hex',
      (text) => Array.from(text, (one) => `&#x${one.charCodeAt(0).toString(16).toUpperCase()};`).join(''),
    ],
    ['in hex', (text) => Buffer.from(text).toString('hex')],
    ['in base64', (text) => Buffer.from(text).toString('base64')],
    ['in base64 behind one byte', (text) => Buffer.from(`x${text}`).toString('base64')],
    ['in base64 behind two bytes', (text) => Buffer.from(`xy${text}`).toString('base64')],
    ['in base64 between others', (text) => Buffer.from(`user:${text}:more`).toString('base64')],
    ['in base64 for URLs', (text) => Buffer.from(`~?${text}`).toString('base64url')],
  ])('%s', (_, encode) => {
    const echoed = encode(secret);
    expect(hide(`before ${echoed} after`)).toMatch(/^before \S*\[redacted\]\S* after$/);
    expect(hide(echoed).length).toBeLessThan('[redacted]'.length + 12);
  });

  it('whatever it consists of, in every form, and nothing else is', () => {
    const text = fc.string({ minLength: 8, maxLength: 60, unit: 'grapheme' });
    fc.assert(
      fc.property(text, fc.nat(5), (given, before) => {
        const wide = given.replaceAll(/\p{Surrogate}/gu, '');
        fc.pre(wide.length >= 8);
        const pattern = () => secretPattern(wide);
        expect(pattern().test(encodeURIComponent(wide))).toBe(true);
        expect(pattern().test(JSON.stringify(wide))).toBe(true);
        expect(pattern().test(Buffer.from('u'.repeat(before) + wide).toString('base64'))).toBe(true);
      }),
    );
    expect(hide('a password: p@ss is a word')).toBe('a password: p@ss is a word');
  });

  it('at the end of a text that was cut in the middle of it', () => {
    expect(hide(`it said ${secret.slice(0, 9)}`, true)).toBe('it said [redacted]');
    expect(hide('it said p@s', true)).toBe('it said p@s');
  });

  it('line by line, when it has several', () => {
    const key = `-----BEGIN X-----\n${'A'.repeat(40)}\n${'B'.repeat(40)}\n-----END X-----`;
    expect(hiding([key])(`2: ${'B'.repeat(40)}`)).toBe('2: [redacted]');
  });
});

it.each([48, 64, 131])('every half of a secret of %i characters holds one of its parts', (length) => {
  const long = Array.from({ length }, (_, at) => String.fromCodePoint(0x4e00 + at)).join('');
  const half = Math.ceil(length / 2);
  for (let at = 0; at + half <= length; at++)
    expect(secretParts(long).filter((part) => long.slice(at, at + half).includes(part))).not.toEqual([]);
});

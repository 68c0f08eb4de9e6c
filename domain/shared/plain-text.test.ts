import { describe, expect, it } from '@jest/globals';
import { cheapest } from '../../test/harness/cpu.js';
import { linksIn, plain, plainValue } from './plain-text.js';

const rightToLeft = '\u202E';

describe('text of others', () => {
  it.each([
    [`Disk ${rightToLeft}live\u202C`, 'Disk live'],
    ['\u2066isolated\u2069 \u0007bell \u001B[31mred\u009B', 'isolated bell [31mred'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['שלום עולם, مرحبا\u200F 🙂 e\u0301', 'שלום עולם, مرحبا\u200F 🙂 e\u0301'],
  ])('%j is shown as %j', (text, shown) => {
    expect(plain(text)).toBe(shown);
  });

  it('is cleaned however deep it lies', () => {
    expect(plainValue({ a: [`x${rightToLeft}`, 1, null], b: { c: '\u0000y' } })).toEqual({
      a: ['x', 1, null],
      b: { c: 'y' },
    });
  });

  it.each([
    [
      'p99 2.4 s, see https://wiki.example.com/checkout',
      ['p99 2.4 s, see ', 'https://wiki.example.com/checkout'],
    ],
    ['(https://a.example/x(1)).', ['(', 'https://a.example/x(1)', ').']],
    ['https://a.example/?q=1&b=2, then more', ['https://a.example/?q=1&b=2', ', then more']],
    ['javascript:alert(1) is no link', ['javascript:alert(1) is no link']],
    ['https:// alone', ['https:// alone']],
    ['', []],
  ])('%j has its links apart', (text, parts) => {
    expect(linksIn(text).map((part) => part.text)).toEqual(parts);
  });

  it('takes nothing but web addresses for links', () => {
    const kinds = linksIn('see https://a.example or ftp://b.example or data:text/html,x').map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['text', 'link', 'text']);
  });

  it.each([
    ['https://a.example/x(1)))', 'https://a.example/x(1)'],
    ['https://a.example/[x]]}.', 'https://a.example/[x]'],
    ['https://a.example/{x}*_~`', 'https://a.example/{x}'],
    ['https://a.example/((1)', 'https://a.example/((1)'],
    [`https://a.example/${'x'.repeat(2_030)}`, `https://a.example/${'x'.repeat(2_030)}`],
    [`https://a.example/${'x'.repeat(2_031)}`, undefined],
  ])('%j links to %j', (text, url) => {
    expect(linksIn(text).find(({ kind }) => kind === 'link')?.text).toBe(url);
  });

  /** Size of the largest rendered text, a form's. */
  const LARGEST = 65_536;
  it.each([
    ')',
    ']',
    '}',
    '(',
    '[',
    '{',
    '.',
    '()',
    ')(',
    '*',
    'http://',
    'https://a.b/) ',
    'https://a.b/))) ',
    'http://a.b',
    ' h',
  ])('of a run of %j is drawn in linear time', (run) => {
    const text = `https://a.example/${run.repeat(LARGEST / run.length)}`;
    expect(cheapest(() => linksIn(text))).toBeLessThan(100);
    const within = `https://a.example/${run.repeat(2_000 / run.length)} `.repeat(32);
    expect(cheapest(() => linksIn(within))).toBeLessThan(100);
  });
});

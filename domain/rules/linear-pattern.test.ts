import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { linearPattern } from './linear-pattern.js';

const matches = (pattern: string, text: string): boolean => linearPattern(pattern).matches(text);

describe('a pattern in linear time', () => {
  it.each([
    ['^(web|db)-\\d+$', 'web-12', true],
    ['^(web|db)-\\d+$', 'app-12', false],
    ['h.*o', 'say hello', true],
    ['^$', '', true],
    ['a{2,3}$', 'caa', true],
    ['^a{2,3}$', 'aaaa', false],
    ['[^a-c]', 'abc', false],
    ['[]a]', ']', true],
    ['[a-]', '-', true],
    ['\\bdisk\\b', 'the disk is full', true],
    ['\\bdisk\\b', 'diskless', false],
    ['(?i)^prod$', 'PROD', true],
    ['(?i)[a-c]+', 'XB', true],
    ['a|', 'zzz', true],
    ['(a*)*b', 'aaab', true],
    ['(?:x|y)+?z', 'xyz', true],
    ['(?P<host>db\\d)', 'on db7', true],
    ['\\x41\\u0042', 'AB', true],
    ['^.$', '😀', true],
    ['^\\.$', 'x', false],
  ])('%s on %s is %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it('agrees with the JavaScript engine on every pattern both understand', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '[^a]',
      '(a|b)',
      '(?:ab)',
      '\\w',
      '^',
      '$',
      '(a|ab)(b|)',
    );
    const piece = fc
      .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{1,2}'))
      .map(([a, q]) => (/^[\^$]/.test(a) ? a : a + q));
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n') }),
        (pieces, text) => {
          expect(matches(pieces.join(''), text)).toBe(new RegExp(pieces.join(''), 'u').test(text));
        },
      ),
    );
  });

  it('does not slow down on patterns that make a backtracking engine hang', () => {
    for (const pattern of ['(a+)+$', '(a|a)*b', '(a|aa)+c', '(.*)*x', 'a*a*a*a*a*a*b', '(\\w+\\s?)+!']) {
      expect(matches(pattern, 'a'.repeat(5000) + ' ')).toBe(false);
    }
  });

  it.each([
    ['(a)\\1', 'back references'],
    ['a(?=b)', 'look-around'],
    ['(?<!a)b', 'look-around'],
    ['(', 'not closed'],
    ['a)', 'no group'],
    ['[a', 'not closed'],
    ['*a', 'nothing to repeat'],
    ['a**', 'repeated'],
    ['a{5,2}', 'ends before'],
    ['((a{1000}){1000}){1000}', 'too much'],
    ['[b-a]', 'ends before'],
    ['a\\', 'middle of an escape'],
  ])('refuses %s: %s', (pattern, reason) => {
    expect(() => linearPattern(pattern)).toThrow(reason);
  });

  it('never fails on a text in any other way than by refusing the pattern', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('ab()[]{}*+?|\\^$.-,1')) }),
        fc.string(),
        (pattern, text) => {
          try {
            matches(pattern, text);
          } catch (error) {
            expect(error).toMatchObject({ name: 'PatternError' });
          }
        },
      ),
    );
  });
});

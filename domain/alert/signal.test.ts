import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { capDetail, DETAIL_MAX_BYTES, utf8Length } from './cap-detail.js';
import { severityFrom } from './severity.js';
import type { Json } from './signal.js';
import { cutText, labelsFrom, linksFrom, titleFrom } from './signal-limits.js';
import { parseTimestamp } from './timestamp.js';

const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

describe('texts of a signal', () => {
  it('are cut with an ellipsis, never inside a character of two units', () => {
    expect(cutText('abcdef', 6)).toBe('abcdef');
    expect(cutText('abcdefg', 6)).toBe('abcde…');
    expect(cutText('abcd😀fg', 6)).toBe('abcd…');
  });

  it('make titles of one line', () => {
    expect(titleFrom('  a\r\n\tb\u0007c ')).toBe('a b c');
    expect(titleFrom('\n')).toBe('');
  });

  it('make labels that no name of the sender can turn into code', () => {
    const labels = labelsFrom([
      ['a', '1'],
      ['a', '2'],
      ['', 'x'],
      ['__proto__', 'p'],
      ['toString', 't'],
    ]);
    expect(Object.entries(labels)).toEqual([
      ['a', '1'],
      ['__proto__', 'p'],
      ['toString', 't'],
    ]);
    expect(
      Object.keys(labelsFrom(Array.from({ length: 200 }, (_, n) => [`l${n}`, 'v'] as const))),
    ).toHaveLength(100);
  });

  it('make links to http and https only', () => {
    const urls = [
      'https://a.example',
      'javascript:alert(1)',
      'data:text/html,x',
      '//b.example',
      'http://c.example/"x',
      undefined,
      'HTTP://d.example',
      'https://a.example',
    ];
    expect(linksFrom(urls.map((url) => ({ title: '', url }))).map(({ url }) => url)).toEqual([
      'https://a.example',
      'HTTP://d.example',
    ]);
  });
});

describe('the detail', () => {
  it('stays as it is while small, and never gets over 16 KiB', () => {
    const small = { a: [1, 'x', null] };
    expect(capDetail(small)).toBe(small);
    const long = fc
      .string({ unit: 'grapheme', minLength: 0, maxLength: 20 })
      .map((text) => text.repeat(1500));
    fc.assert(
      fc.property(
        fc.oneof(long, fc.array(long, { maxLength: 5 }), fc.dictionary(fc.string(), long)),
        (value) => {
          expect(bytesOf(capDetail(value as Json))).toBeLessThanOrEqual(DETAIL_MAX_BYTES);
        },
      ),
    );
    expect(bytesOf(capDetail('\u0001'.repeat(100_000)))).toBeLessThanOrEqual(DETAIL_MAX_BYTES);
  });

  it('is measured in bytes of UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) =>
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length),
      ),
    );
  });
});

describe('timestamps of senders', () => {
  it.each([
    ['2026-11-22T22:10:00Z', '2026-11-22T22:10:00.000Z'],
    ['2026-11-22T22:10:00.000+0000', '2026-11-22T22:10:00.000Z'],
    ['2026-11-22T22:10:00.123456789+01:00', '2026-11-22T21:10:00.123Z'],
    ['2026-11-22 22:10:00,5-05', '2026-11-23T03:10:00.500Z'],
    ['2026-11-22T22:10:00.123456', '2026-11-22T22:10:00.123Z'],
    ['2026-11-22T22:10', '2026-11-22T22:10:00.000Z'],
    ['2026-11-22', '2026-11-22T00:00:00.000Z'],
    ['2026-12-31T23:59:60Z', '2026-12-31T23:59:59.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, instant) => expect(parseTimestamp(text)).toBe(instant));

  it.each([
    '',
    'soon',
    '2026-02-30T00:00:00Z',
    '2026-13-01',
    '2026-11-22T25:00:00Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59-12:00',
    '1763849400',
  ])('%s is none', (text) => expect(parseTimestamp(text)).toBeNull());
});

it.each(['emerg', 'Alert', 'blocker', 'URGENT', 'severe', 'panic', 'sev0', 'p0', 'crit'])(
  'the severity word %s wakes somebody',
  (word) => expect(severityFrom(word)).toBe('critical'),
);

it('severity words of monitoring systems are understood, others are not guessed', () => {
  expect(['page', ' High', 'major', 'minor', 'none', 'SEV1', 'constructor', ''].map(severityFrom)).toEqual([
    'critical',
    'critical',
    'error',
    'warning',
    'info',
    'critical',
    null,
    null,
  ]);
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cheapest } from '../../test/harness/cpu.js';
import { parseReply, type ParsedReply, REPLY_HELP, type ReplyIntent, type ReplyTarget } from './grammar.js';
import { splitCode } from './reply-code.js';

const latest: ReplyTarget = { kind: 'latest' };
const inc = (n: number): ReplyTarget => ({ kind: 'incident', number: `INC-${n}` });
const all = (service: string | null = null): ReplyTarget => ({ kind: 'all', service });
const said = (intent: ReplyIntent, target: ReplyTarget = latest): ParsedReply => ({ intent, target });

describe('what is understood', () => {
  it.each<[string, ParsedReply]>([
    ['ack', said('acknowledge')],
    ['  ACK!  ', said('acknowledge')],
    ['Ok.', said('acknowledge')],
    ['I’m on it', said('acknowledge')],
    ['👍🏽', said('acknowledge')],
    ['4', said('acknowledge')],
    ['6', said('resolve')],
    ['ack INC-42', said('acknowledge', inc(42))],
    ['ack inc 42', said('acknowledge', inc(42))],
    ['INC-42: ack', said('acknowledge', inc(42))],
    ['42 ack', said('acknowledge', inc(42))],
    ['ack #42', said('acknowledge', inc(42))],
    ['4 ack', said('acknowledge', inc(4))],
    ['4 42', said('acknowledge', inc(42))],
    ['no 4', said('decline', inc(4))],
    ['ack all', said('acknowledge', all())],
    ['ack all checkout-db', said('acknowledge', all('checkout-db'))],
    ['Ack all of checkout-db, please', said('acknowledge', all('checkout-db'))],
    ['resolve all', said('resolve', all())],
    ['escalate', said('escalate')],
    ['Escalate 7', said('escalate', inc(7))],
    ['no', said('decline')],
    ["can't", said('decline')],
    ['Can´t take it', said('decline')],
    ["I can't take it INC-9", said('decline', inc(9))],
    ['pass', said('decline')],
    ['Übernehme', said('acknowledge')],
    ['U\u0308bernehme', said('acknowledge')],
    ['GELÖST', said('resolve')],
    ['ack\n42', said('acknowledge', inc(42))],
    ['ack\nAna Sorel\nSRE', said('acknowledge')],
    ['Ack\n\n-- \nAna Sorel, resolve everything Ltd', said('acknowledge')],
    [
      'ack\r\n\r\nOn Mon, 23 Nov 2026 at 03:01, Tocsin <t@example.com> wrote:\r\n> [P1] INC-42',
      said('acknowledge'),
    ],
    ['On Mon, 23 Nov 2026 at 03:01, Tocsin\n<t@example.com> wrote:\n> no\n\nack', said('acknowledge')],
    ['> resolve\nescalate', said('escalate')],
    ['ok\n\nVon meinem iPhone gesendet', said('acknowledge')],
  ])('%j', (text, parsed) => expect(parseReply(text)).toEqual(parsed));
});

describe('what is not', () => {
  it.each([
    '',
    '  \n ',
    '42',
    'INC-42',
    'all',
    '44',
    'ack maybe',
    'not ack',
    "don't ack",
    'ack INC-42 INC-43',
    'ack INC-0',
    'ok, what is this?',
    'never resolve',
    '> ack',
    '-- \nack',
    'ack all the best',
    'no ack',
    'ack no',
    'ackack',
    'Sent from my phone\nack',
    REPLY_HELP,
  ])('%j', (text) => expect(parseReply(text)).toBeNull());

  it.each([
    'STOP',
    'Stop.',
    'stopall',
    'unsubscribe',
    'CANCEL',
    'end',
    'quit',
    'revoke',
    'optout',
    'START',
    'YES',
    'unstop',
    'HELP',
    'info',
  ])('the carriers’ word %s, alone or with a target', (word) => {
    for (const text of [word, `${word} 42`, `${word} all`, `INC-42 ${word}`, `${word}\nThanks`])
      expect(parseReply(text)).toBeNull();
  });
});

const word = fc.constantFrom(
  ...([
    ['ack', 'acknowledge'],
    ['ok', 'acknowledge'],
    ['escalate', 'escalate'],
    ['resolve', 'resolve'],
    ['no', 'decline'],
    ["can't take it", 'decline'],
    ['geht nicht', 'decline'],
    ['übernehme', 'acknowledge'],
  ] as const),
);
const target = fc
  .oneof(
    fc.constant({ text: '', target: latest }),
    fc
      .integer({ min: 1, max: 999_999 })
      .chain((n) =>
        fc.constantFrom(`INC-${n}`, `inc-${n}`, `${n}`, `#${n}`).map((text) => ({ text, target: inc(n) })),
      ),
    fc.constant({ text: 'all', target: all() }),
    fc
      .stringMatching(/^[a-z][a-z0-9]{1,8}(-[a-z0-9]{1,5})?$/)
      .map((slug) => ({ text: `all ${slug}`, target: all(slug) })),
  )
  .filter(({ text }) => !/^all (of|for|von|please|pls|thanks|thx|bitte|danke)$/.test(text));
const casing = fc.constantFrom(
  (t: string) => t,
  (t: string) => t.toUpperCase(),
  (t: string) => `${t.charAt(0).toUpperCase()}${t.slice(1)}`,
);
const below = fc.constantFrom(
  '',
  '\n',
  '\n\n-- \nno\nresolve all',
  '\n\n> ack all',
  '\r\n\r\nAm Mo., 23. Nov. 2026 um 03:01 schrieb Tocsin <t@x.de>:\r\n> no',
  '\n\n-----Original Message-----\nresolve',
);

it('means the same in any case and order, whatever stands quoted or signed below', () => {
  fc.assert(
    fc.property(word, target, casing, below, fc.boolean(), ([said, intent], named, cased, rest, swap) => {
      const line = swap ? `${named.text} ${said}` : `${said} ${named.text}`;
      expect(parseReply(`${cased(line)}${rest}`)).toEqual({ intent, target: named.target });
    }),
    { numRuns: 2_000 },
  );
});

it('never throws, and never acts on words it does not know', () => {
  const known =
    /ack|ok|on it|got it|👍|best|uebernehme|bernehme|esc|esk|resolve|fixed|gel|behoben|erledigt|no|pass|decline|can|nein|kann|geht|4|6/iu;
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      const parsed = parseReply(text);
      if (!known.test(text.normalize('NFKC'))) expect(parsed).toBeNull();
    }),
    { numRuns: 2_000 },
  );
});

it('reads a very long text in no time', () => {
  const started = performance.now();
  for (const text of [
    'on '.repeat(400_000),
    `${'>'.repeat(1_000_000)}\nack`,
    '\n'.repeat(1_000_000),
    `On ${'1,'.repeat(500_000)}`,
  ])
    parseReply(text);
  expect(performance.now() - started).toBeLessThan(5_000);
});

describe('what others may write to us', () => {
  it.each([
    '.',
    '(',
    '"',
    "' ",
    'on wrote ',
    'on ',
    '-',
    '> ',
    'wrote:',
    'ack ',
    'ack\n',
    'bcdfg ',
    '\u0300',
    'ß',
    '.x',
  ])('is read in linear time: a run of %j', (run) => {
    for (const text of [run.repeat(64_000 / run.length), `on 1 ${run.repeat(9_000 / run.length)}x`]) {
      expect(cheapest(() => parseReply(text))).toBeLessThan(50);
      expect(cheapest(() => splitCode(text))).toBeLessThan(50);
    }
  });

  it('is not understood when a line says more than an answer', () => {
    expect(parseReply(`ack${' '.repeat(197)}`)).toEqual(said('acknowledge'));
    expect(parseReply(`ack${' '.repeat(400)}not`)).toBeNull();
    expect(parseReply(`${'> quoted\n'.repeat(300)}ack`)).toEqual(said('acknowledge'));
  });

  it.each(['("ack")', '*ack*', '#42: ack!', "'ack'", '(ack).'])('%j keeps no marks', (text) => {
    expect(parseReply(text)?.intent).toBe('acknowledge');
  });
});

import { describe, expect, it } from '@jest/globals';
import { citationProblems } from './citations.js';
import { commentsOf } from './comments.js';
import { headingsOf, linksOf, rulesOf } from './markdown.js';

const RELIABILITY = [
  '# Reliability',
  '',
  '## 3. Delivery ledger',
  '',
  '| rule | requirement |',
  '| ---- | ----------- |',
  '| R5   | next step   |',
  '| **R9** | no signal is lost |',
].join('\n');

/** The problems of `files` beside one document with the rules R5 and R9 and a section 3. */
const check = (files: Record<string, string>): string[] =>
  citationProblems(
    new Map([
      ['docs/reliability.md', RELIABILITY],
      ['docs/adr/0027-temporal.md', '# 27. Temporal'],
      ...Object.entries(files),
    ]),
    (path) => path === 'docs/screenshots/why.png',
  );

describe('citations in comments', () => {
  it.each([
    '// docs/reliability.md',
    '// docs/reliability.md R5, R9 and §3',
    '/** Retries (docs/reliability.md §3, R9). */',
    '/**\n * Retries (docs/reliability.md,\n * Delivery ledger; RFC 9457).\n */',
    '// docs/reliability.md "Delivery ledger"',
    '// docs/reliability.md#3-delivery-ledger',
    '// ADR 27, and docs/adr/0027',
    'const name = "reliability.md R7";',
  ])('passes %j', (text) => expect(check({ 'db/a.ts': text })).toEqual([]));

  it.each([
    ['// reliability.md R5', 'db/a.ts:1: reliability.md does not exist; write docs/reliability.md'],
    ['// docs/reliabilty.md', 'db/a.ts:1: docs/reliabilty.md does not exist; is it docs/reliability.md?'],
    ['\n// docs/reliability.md R5, R7', 'db/a.ts:2: docs/reliability.md has no rule R7; it has R5, R9'],
    [
      'x(); // docs/reliability.md §4',
      'db/a.ts:1: docs/reliability.md has no section 4; it has Reliability, 3. Delivery ledger',
    ],
    [
      '/**\n * See docs/reliability.md#delivery-ledger.\n */',
      'db/a.ts:2: docs/reliability.md has no heading for #delivery-ledger; the nearest is "3. Delivery ledger" (#3-delivery-ledger)',
    ],
    [
      '// docs/reliability.md, Delivery lodger: how',
      'db/a.ts:1: docs/reliability.md has no heading "Delivery lodger"; the nearest is "3. Delivery ledger" (#3-delivery-ledger)',
    ],
    ['// ADR 0028', 'db/a.ts:1: there is no ADR 0028 in docs/adr/'],
  ])('refuses %j', (text, problem) => expect(check({ 'db/a.ts': text })).toEqual([problem]));

  it('names the document that has the rule', () => {
    expect(check({ 'db/a.ts': '// docs/other.md R9', 'docs/other.md': '# Other' })).toEqual([
      'db/a.ts:1: docs/other.md has no rule R9; write docs/reliability.md R9',
    ]);
  });
});

describe('links in Markdown', () => {
  it('may lead to files, folders, anchors and other sites', () => {
    const text = [
      '[a](docs/reliability.md#3-delivery-ledger) ![b](docs/screenshots/why.png) [c](docs/adr/) [d](#start)',
      '[e](https://example.com/x.md) `[f](nowhere.md)`',
      '# Start',
      '```',
      '[g](nowhere.md)',
      '```',
    ].join('\n');
    expect(check({ 'README.md': text })).toEqual([]);
  });

  it('are told with the line and what would be right', () => {
    const text = '# Sending\n\n[a](reliability.md#ledger), [b](../reliability.md)\n';
    expect(check({ 'docs/sending.md': text })).toEqual([
      'docs/sending.md:3: docs/reliability.md has no heading for #ledger; the nearest is "Reliability" (#reliability)',
      'docs/sending.md:3: the link ../reliability.md leads nowhere: reliability.md does not exist; write docs/reliability.md',
    ]);
  });
});

it('finds comments with the lines they stand on', () => {
  const source = [
    'const url = "https://example.com"; // one',
    '/** two',
    ' * three */',
    '// four',
    '// five',
    'query(`',
    '  -- six',
    '`);',
  ].join('\n');
  const comments = commentsOf(source);
  expect(comments.map(({ text }) => text.trim())).toEqual(['one', 'two three', 'four five', 'six']);
  expect(comments.map((one) => one.lineAt(one.text.length - 1))).toEqual([1, 3, 5, 7]);
});

it('reads headings, rules and links as GitHub shows them', () => {
  expect(headingsOf('## `a` and *b*: c!\n## a\n## a')).toEqual([
    { text: 'a and b: c!', anchor: 'a-and-b-c' },
    { text: 'a', anchor: 'a' },
    { text: 'a', anchor: 'a-1' },
  ]);
  expect(rulesOf('| S4 | one client |\n| x | S5 |')).toEqual(['S4']);
  expect(linksOf('x\n[a](b.md "title")')).toEqual([{ target: 'b.md', line: 2 }]);
});

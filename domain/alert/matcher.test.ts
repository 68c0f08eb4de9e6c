import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  compileMatcher,
  compileMatchers,
  type MatchedAlert,
  type Matcher,
  matchersText,
  matchesEverything,
  readMatcher,
} from './matcher.js';

const alert: MatchedAlert = {
  source: 'prometheus',
  service: 'shop',
  severity: 'warning',
  title: 'Disk 81 % full on db-3',
  dedupKey: 'disk/db-3',
  labels: { env: 'staging', empty: '', toString: 'own' },
};
const read = (text: string): Matcher => {
  const matcher = readMatcher(text);
  if (matcher === null) throw new Error(`${text} is no matcher`);
  return matcher;
};
const matches = (text: string, of: MatchedAlert = alert): boolean => compileMatcher(read(text)).matches(of);

describe('a matcher', () => {
  it.each([
    ['source = prometheus', true],
    ['source != prometheus', false],
    ['service = shop', true],
    ['service =~ sh', false],
    ['service =~ sh.*', true],
    ['severity =~ warning|info', true],
    ['title =~ (?i)disk.*', true],
    ['title =~ disk.*', false],
    ['dedupKey = disk/db-3', true],
    ['labels.env = staging', true],
    ['labels.env = "staging"', true],
    ['labels.env !~ prod.*', true],
    ['labels.env = Staging', false],
  ])('%s: %s', (text, expected) => {
    expect(matches(text)).toBe(expected);
  });

  it('a missing label equals nothing, not even an empty text, and every negated operator holds for it', () => {
    expect(matches('labels.region = eu')).toBe(false);
    expect(compileMatcher({ field: 'labels.region', op: '=', value: '' }).matches(alert)).toBe(false);
    expect(matches('labels.region =~ .*')).toBe(false);
    expect(matches('labels.region != eu')).toBe(true);
    expect(matches('labels.region !~ .*')).toBe(true);
    expect(matches('labels.hasOwnProperty =~ .*')).toBe(false);
    expect(matches('labels.toString = own')).toBe(true);
    expect(matches('service !~ .+', { ...alert, service: null })).toBe(true);
  });

  it('a list is one of these, or none of these', () => {
    const one: Matcher = { field: 'labels.env', op: '=', value: ['dev', 'staging'] };
    expect(compileMatcher(one).matches(alert)).toBe(true);
    expect(compileMatcher({ ...one, op: '!=' }).matches(alert)).toBe(false);
  });

  it('all matchers have to hold', () => {
    expect(compileMatchers([read('source = prometheus'), read('labels.env = prod')]).matches(alert)).toBe(
      false,
    );
    expect(compileMatchers([]).matches(alert)).toBe(true);
  });

  it('a pattern that is wrong alone is refused, although it would be right inside a group', () => {
    expect(() => compileMatcher(read('title =~ a)|(b'))).toThrow('no group');
  });

  it('never slows down on a pattern that makes a backtracking engine hang', () => {
    expect(matches('title =~ (a+)+b', { ...alert, title: 'a'.repeat(1024) })).toBe(false);
  });

  it('the negation of a matcher is its opposite, for every alert', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.') });
    fc.assert(
      fc.property(text, fc.option(text), (value, label) => {
        const of: MatchedAlert = { ...alert, labels: label === null ? {} : { x: label } };
        const test = (op: Matcher['op']): boolean =>
          compileMatcher({ field: 'labels.x', op, value }).matches(of);
        expect(test('!=')).toBe(!test('='));
        expect(test('!~')).toBe(!test('=~'));
      }),
    );
  });
});

describe('matchers that narrow nothing', () => {
  it.each([
    [[]],
    [['title =~ .*']],
    [['source =~ .+']],
    [['labels.env != prod']],
    [['severity !~ critical']],
    [['severity =~ critical|error|warning|info']],
    [['title =~ .*', 'labels.env !~ prod']],
  ])('%j match everything', (texts) => {
    expect(matchesEverything(texts.map(read))).toBe(true);
  });

  it.each([
    [['source = prometheus']],
    [['labels.env != prod', 'service = shop']],
    [['severity =~ warning|info']],
    [['title =~ .*disk.*']],
  ])('%j do not', (texts) => {
    expect(matchesEverything(texts.map(read))).toBe(false);
  });
});

it('is told in one line', () => {
  expect(
    matchersText([read('source=prometheus'), { field: 'dedupKey', op: '=', value: ['a', 'b', 'c', 'd'] }]),
  ).toBe('source = prometheus and dedupKey = one of a, b, c and 1 more');
  expect(readMatcher('no operator')).toBeNull();
});

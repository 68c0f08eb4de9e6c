/** Matchers compare one field of an alert: equal, not equal, or a whole regular expression in linear time (docs/silences.md). */
import type { Severity } from '../config/terms.js';
import { linearPattern } from '../rules/linear-pattern.js';

export const MATCHER_OPS = ['=', '!=', '=~', '!~'] as const;
type MatcherOp = (typeof MATCHER_OPS)[number];

export interface Matcher {
  /** A field of `ALERT_FIELDS`, or `labels.<name>`. */
  field: string;
  op: MatcherOp;
  /** A list means "one of these" for `=` and "none of these" for `!=`; patterns take one text. */
  value: string | string[];
}

export const ALERT_FIELDS = ['source', 'service', 'severity', 'title', 'dedupKey'] as const;

/** The fields of an alert that matchers read. */
export interface MatchedAlert {
  source: string;
  service: string | null;
  severity: Severity;
  title: string;
  dedupKey: string;
  labels: Readonly<Record<string, string>>;
}

export interface CompiledMatcher {
  matches(alert: MatchedAlert): boolean;
  /** Steps that a comparison costs per character of the field; 0 for a lookup. */
  size: number;
}

const LABEL = 'labels.';

export const isAlertField = (field: string): boolean =>
  (ALERT_FIELDS as readonly string[]).includes(field) || (field.startsWith(LABEL) && field !== LABEL);

/** Undefined when the alert has no such field. */
export function fieldOf(alert: MatchedAlert, field: string): string | undefined {
  switch (field) {
    case 'source':
      return alert.source;
    case 'service':
      return alert.service ?? undefined;
    case 'severity':
      return alert.severity;
    case 'title':
      return alert.title;
    case 'dedupKey':
      return alert.dedupKey;
    default: {
      const label = field.slice(LABEL.length);
      return Object.hasOwn(alert.labels, label) ? alert.labels[label] : undefined;
    }
  }
}

export const valuesOf = ({ value }: Matcher): readonly string[] => (Array.isArray(value) ? value : [value]);

/** A field that the alert lacks equals nothing and matches no pattern; the negated operators then hold. Throws PatternError. */
export function compileMatcher(matcher: Matcher): CompiledMatcher {
  const { field, op } = matcher;
  const isNegated = op === '!=' || op === '!~';
  const { test, size } = testOf(matcher);
  return {
    size,
    matches(alert) {
      const value = fieldOf(alert, field);
      return (value !== undefined && test(value)) !== isNegated;
    },
  };
}

function testOf(matcher: Matcher): { test: (text: string) => boolean; size: number } {
  if (matcher.op === '=' || matcher.op === '!=') {
    const values = new Set(valuesOf(matcher));
    return { test: (text) => values.has(text), size: 0 };
  }
  const pattern = wholePattern(valuesOf(matcher)[0] ?? '');
  return { test: (text) => pattern.matches(text), size: pattern.size };
}

/** Patterns match the whole text, as in Alertmanager: a silence mutes no more than what it names. */
function wholePattern(source: string): ReturnType<typeof linearPattern> {
  // Compiled alone first: a pattern such as `a)|(b` is wrong, although it would be right inside a group.
  linearPattern(source);
  const flags = /^\(\?[is]+\)/.exec(source)?.[0] ?? '';
  return linearPattern(`${flags}^(?:${source.slice(flags.length)})$`);
}

/** All of them hold. Matchers without a pattern are compared first. */
export function compileMatchers(matchers: readonly Matcher[]): CompiledMatcher {
  const compiled = matchers.map(compileMatcher).toSorted((a, b) => a.size - b.size);
  return {
    size: compiled.reduce((sum, { size }) => sum + size, 0),
    matches: (alert) => compiled.every((one) => one.matches(alert)),
  };
}

/** Texts that have nothing in common: a pattern that takes all of them takes everything. */
const UNRELATED = ['x', '7', 'Zq-81_k/3.w', '\u{1f525} ä', 'a b c'];
const SEVERITIES: readonly string[] = ['critical', 'error', 'warning', 'info'] satisfies Severity[];

/** True when no matcher narrows the choice: each only excludes something, or is a pattern that takes every text. */
export function matchesEverything(matchers: readonly Matcher[]): boolean {
  return matchers.every((matcher) => {
    if (matcher.op === '!=' || matcher.op === '!~') return true;
    const { test } = testOf(matcher);
    return (matcher.field === 'severity' ? SEVERITIES : UNRELATED).every(test);
  });
}

/** One line for people: `service = shop and labels.env =~ stag.*`. */
export const matchersText = (matchers: readonly Matcher[]): string =>
  matchers.length === 0 ? 'every alert' : matchers.map(matcherText).join(' and ');

const SHOWN = 3;

function matcherText(matcher: Matcher): string {
  const values = valuesOf(matcher);
  const shown = values.slice(0, SHOWN).join(', ');
  const more = values.length > SHOWN ? ` and ${values.length - SHOWN} more` : '';
  const value = values.length > 1 ? `one of ${shown}${more}` : shown;
  return `${matcher.field} ${matcher.op} ${value}`;
}

/** Reads `labels.env = prod`, as people type it; null when there is no operator. */
export function readMatcher(text: string): Matcher | null {
  const found = /^\s*([^\s=!~]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s.exec(text);
  if (found === null) return null;
  const [, field = '', op = '=', written = ''] = found;
  const quoted = /^"(.*)"$/s.exec(written);
  return { field, op: op as MatcherOp, value: quoted?.[1] ?? written };
}

/** The alerts that matchers name by source and key; empty when they name them otherwise. */
export function namedAlerts(matchers: readonly Matcher[]): { sources: string[]; keys: string[] } {
  const named = (field: string): string[] => [
    ...new Set(matchers.filter((one) => one.field === field && one.op === '=').flatMap(valuesOf)),
  ];
  return { sources: named('source'), keys: named('dedupKey') };
}

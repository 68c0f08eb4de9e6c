/** Silences: alerts that match page nobody and open no incident until the silence ends (docs/silences.md). */
import {
  compileMatchers,
  fieldOf,
  type CompiledMatcher,
  type MatchedAlert,
  type Matcher,
  matchersText,
  valuesOf,
} from './matcher.js';
import type { JudgedAlert, Verdict } from './stage.js';
import { passed } from './stage.js';

/** What judging an alert needs of a silence that has not ended. Part of the live data of every snapshot. */
export interface LiveSilence {
  id: string;
  matchers: readonly Matcher[];
  /** Only alerts for services of these teams; null: of all, and of none. */
  teams: readonly string[] | null;
  /** ISO 8601. */
  until: string;
  /** The owner's short name, or the actor that made it. */
  owner: string;
  reason: string;
}

/** `by` of the hold of a silence. */
export const heldBySilence = (id: string): string => `silence/${id}`;

export interface SilenceCandidate extends MatchedAlert {
  team: string | null;
}

export const candidateOf = ({
  source,
  service,
  team,
  signal,
}: Pick<JudgedAlert, 'source' | 'service' | 'team' | 'signal'>): SilenceCandidate => ({
  source,
  service,
  team,
  severity: signal.severity,
  title: signal.title,
  dedupKey: signal.dedupKey,
  labels: signal.labels,
});

/** Compiled once for as long as the snapshot that holds the silence. */
const compiledOf = new WeakMap<readonly Matcher[], CompiledMatcher>();

function compiled(matchers: readonly Matcher[]): CompiledMatcher {
  let found = compiledOf.get(matchers);
  if (found === undefined) compiledOf.set(matchers, (found = compileMatchers(matchers)));
  return found;
}

export const silences = (
  { teams, matchers }: Pick<LiveSilence, 'teams' | 'matchers'>,
  alert: SilenceCandidate,
): boolean =>
  (teams === null || (alert.team !== null && teams.includes(alert.team))) &&
  compiled(matchers).matches(alert);

/** Silences by a value that the alert has to have, so that an alert is compared with few of them; the others in `rest`. */
interface Index {
  byValue: Map<string, Map<string, LiveSilence[]>>;
  rest: LiveSilence[];
}

const indexOf = new WeakMap<readonly LiveSilence[], Index>();

function indexed(all: readonly LiveSilence[]): Index {
  const known = indexOf.get(all);
  if (known !== undefined) return known;
  const index: Index = { byValue: new Map(), rest: [] };
  for (const silence of all) {
    const exact = silence.matchers.find(({ op, field }) => op === '=' && field !== 'severity');
    if (exact === undefined) {
      index.rest.push(silence);
      continue;
    }
    const values = index.byValue.get(exact.field) ?? new Map<string, LiveSilence[]>();
    index.byValue.set(exact.field, values);
    for (const value of new Set(valuesOf(exact))) values.set(value, [...(values.get(value) ?? []), silence]);
  }
  indexOf.set(all, index);
  return index;
}

/** Every silence that may hold the alert, and some that do not. */
function candidates(all: readonly LiveSilence[], alert: SilenceCandidate): LiveSilence[] {
  const { byValue, rest } = indexed(all);
  const found = [...rest];
  for (const [field, values] of byValue) found.push(...(values.get(fieldOf(alert, field) ?? '') ?? []));
  return found;
}

/** Parsed once for as long as the snapshot that holds the silence. */
const endOf = new WeakMap<LiveSilence, number>();

function endMs(silence: LiveSilence): number {
  let found = endOf.get(silence);
  if (found === undefined) endOf.set(silence, (found = Date.parse(silence.until)));
  return found;
}

/** Steps a character that comparing an alert with all of them takes at the most. */
export const patternSteps = (all: readonly Pick<LiveSilence, 'matchers'>[]): number =>
  all.reduce((sum, { matchers }) => sum + compiled(matchers).size, 0);

/** Of several silences the one that ends last holds the alert: it is judged again as seldom as possible. */
export function silenceStage(alert: JudgedAlert, all: readonly LiveSilence[], now: string): Verdict {
  if (all.length === 0) return passed;
  const candidate = candidateOf(alert);
  const present = Date.parse(now);
  let holder: LiveSilence | null = null;
  for (const one of candidates(all, candidate)) {
    const end = endMs(one);
    if (end <= present || (holder !== null && endMs(holder) >= end)) continue;
    if (silences(one, candidate)) holder = one;
  }
  if (holder === null) return passed;
  const text = `silenced by ${holder.owner} until ${holder.until} (${holder.reason}): ${matchersText(holder.matchers)}`;
  return {
    kind: 'hold',
    by: heldBySilence(holder.id),
    until: holder.until,
    reason: { stage: 'silence', decision: 'held', text },
  };
}

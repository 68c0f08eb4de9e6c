/**
 * Inhibition: alerts are held while another alert fires that explains them (docs/alerts.md). Only an alert that itself reaches people
 * holds others back, or one that people silenced: two alerts that hold each other would page nobody for ever.
 */
import type { ConfigSnapshot } from '../config/specs.js';
import type { FieldValues, InhibitionSpec } from './inhibition-spec.js';
import { compileMatchers, type CompiledMatcher, isAlertField, type MatchedAlert } from './matcher.js';
import { candidateOf } from './silence.js';
import { type JudgedAlert, passed, type Verdict } from './stage.js';

export const HELD_BY_INHIBITION = 'inhibition/';

/** The alert first: what it holds is counted by it, whichever document says so. */
const heldByInhibition = (alert: string, document: string): string =>
  `${HELD_BY_INHIBITION}${alert}/${document}`;

/** An alert that fires and may hold others back. */
export interface InhibitingAlert extends MatchedAlert {
  id: string;
  /** Number of its incident; null while a silence or a window holds it. */
  incident: string | null;
}

interface Compiled {
  name: string;
  when: CompiledMatcher;
  mutes: CompiledMatcher;
  equal: readonly string[];
}

/** Compiled once for each snapshot. */
const compiledOf = new WeakMap<ConfigSnapshot, readonly Compiled[]>();

function compiled(snapshot: ConfigSnapshot): readonly Compiled[] {
  let found = compiledOf.get(snapshot);
  if (found === undefined) {
    found = snapshot.list('Inhibition').map(({ name, spec }) => compile(name, spec));
    compiledOf.set(snapshot, found);
  }
  return found;
}

const compile = (name: string, { when, mutes, equal }: InhibitionSpec): Compiled => ({
  name,
  when: compileFields(when),
  mutes: compileFields(mutes),
  equal,
});

export const compileFields = (fields: FieldValues): CompiledMatcher =>
  compileMatchers(
    Object.entries(fields).map(([field, value]) => ({
      field: isAlertField(field) ? field : `labels.${field}`,
      op: '=',
      value,
    })),
  );

/** Names of the documents by which the alert holds others back while it fires. */
export function inhibits(snapshot: ConfigSnapshot, alert: MatchedAlert): string[] {
  return compiled(snapshot).flatMap(({ name, when }) => (when.matches(alert) ? [name] : []));
}

/** A document that mutes the alert, and the labels that the alert which holds it back has to have. */
export interface Muting {
  name: string;
  labels: Readonly<Record<string, string>>;
}

export function mutings(snapshot: ConfigSnapshot, alert: MatchedAlert): Muting[] {
  return compiled(snapshot).flatMap(({ name, mutes, equal }) => {
    if (!equal.every((label) => hasLabel(alert, label)) || !mutes.matches(alert)) return [];
    return [{ name, labels: Object.fromEntries(equal.map((label) => [label, alert.labels[label] ?? ''])) }];
  });
}

const hasLabel = ({ labels }: MatchedAlert, name: string): boolean =>
  Object.hasOwn(labels, name) && labels[name] !== '';

/**
 * `firing`: alerts that may hold others back, the oldest first. The one that holds the alert already keeps it, so that its reasons do not
 * change for nothing.
 */
export function inhibitionStage(
  alert: JudgedAlert,
  firing: readonly InhibitingAlert[],
  snapshot: ConfigSnapshot,
): Verdict {
  if (firing.length === 0) return passed;
  const candidate = candidateOf(alert);
  const holders = compiled(snapshot)
    .filter((document) => document.mutes.matches(candidate))
    .flatMap((document) =>
      firing
        .filter((one) => holds(document, one, { ...candidate, id: alert.id }))
        .map((one) => ({ by: heldByInhibition(one.id, document.name), one, document })),
    );
  const holder = holders.find(({ by }) => by === alert.heldBy) ?? holders[0];
  if (holder === undefined) return passed;
  const { by, one, document } = holder;
  const equal = document.equal.map((label) => `${label} ${candidate.labels[label]}`).join(', ');
  const where = one.incident === null ? 'which is silenced' : `which is of ${one.incident}`;
  const text = `held back while "${one.title}" fires, ${where}${equal === '' ? '' : `: the same ${equal}`} (inhibition ${document.name})`;
  return { kind: 'hold', by, until: null, reason: { stage: 'inhibition', decision: 'held', text } };
}

function holds(
  { when, mutes, equal }: Compiled,
  firing: InhibitingAlert,
  alert: MatchedAlert & { id: string },
): boolean {
  const isItself =
    firing.id === alert.id || (firing.source === alert.source && firing.dedupKey === alert.dedupKey);
  if (isItself || !when.matches(firing)) return false;
  // Both are of the kind that holds back and of the kind that is held: neither explains the other.
  if (when.matches(alert) && mutes.matches(firing)) return false;
  return equal.every(
    (label) =>
      hasLabel(firing, label) && hasLabel(alert, label) && firing.labels[label] === alert.labels[label],
  );
}

/** Computes the changes that applying documents would make. Pure; the caller renders the difference. */
import type { ConfigDocument, ConfigKind } from './specs.js';

export type PlannedDocument = Pick<ConfigDocument, 'kind' | 'name' | 'spec'>;

export interface PlannedChange {
  action: 'create' | 'update' | 'delete' | 'unchanged';
  kind: ConfigKind;
  name: string;
  diff: string;
}

export interface PlanOptions {
  /** Delete `current` documents that are not in `wanted`. Pass only the `current` documents that this way of applying manages. */
  prune: boolean;
  /** Null means that the document does not exist. */
  diff: (before: PlannedDocument | null, after: PlannedDocument | null) => string;
}

/** In the order of `wanted`, then the deletions in the order of `current`. The order of keys in a spec is ignored. */
export function planChanges(
  current: readonly PlannedDocument[],
  wanted: readonly PlannedDocument[],
  { prune, diff }: PlanOptions,
): PlannedChange[] {
  const inForce = new Map(current.map((one) => [keyOf(one), one]));
  const kept = new Set(wanted.map(keyOf));
  const changes = wanted.map((after): PlannedChange => {
    const { kind, name } = after;
    const before = inForce.get(keyOf(after)) ?? null;
    if (before === null) return { action: 'create', kind, name, diff: diff(null, after) };
    if (sameValue(before.spec, after.spec)) return { action: 'unchanged', kind, name, diff: '' };
    return { action: 'update', kind, name, diff: diff(before, after) };
  });
  if (!prune) return changes;
  const deletions = current
    .filter((one) => !kept.has(keyOf(one)))
    .map((before): PlannedChange => ({
      action: 'delete',
      kind: before.kind,
      name: before.name,
      diff: diff(before, null),
    }));
  return [...changes, ...deletions];
}

const keyOf = ({ kind, name }: PlannedDocument): string => `${kind}/${name}`;

/** Equal as JSON: an undefined field equals a missing one. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameValue(item, b[index]))
    );
  const left = fieldsOf(a);
  const right = fieldsOf(b);
  return (
    left.size === right.size &&
    [...left].every(([key, value]) => right.has(key) && sameValue(value, right.get(key)))
  );
}

const fieldsOf = (value: object): Map<string, unknown> =>
  new Map(Object.entries(value).filter(([, field]) => field !== undefined));

/** Changes that a body of documents makes, and every problem with them. Pure: keys in use are looked up before. */
import { documentDiff } from '../../contracts/config/diff.js';
import type { ParsedDocument } from '../../contracts/config/documents.js';
import { CONFIG_KINDS } from '../../domain/config/specs.js';
import {
  planChanges,
  type PlannedChange,
  type PlannedDocument,
  type PlanOptions,
} from '../../domain/config/plan-changes.js';
import { inUseProblems, type OpenWork } from '../../domain/config/in-use.js';
import { checkReferences, type Problem } from '../../domain/config/references.js';
import type { LiveData } from '../../domain/config/live-data.js';
import type { ConfigDocument, ConfigKind, ConfigSnapshot } from '../../domain/config/specs.js';
import type { PersonSpec } from '../../domain/people/person-spec.js';
import { liveUnder } from '../../domain/people/effective-person.js';
import { checkScheduleEdit } from '../../domain/oncall/check-edit.js';
import { snapshotOf } from '../../db/config/config-snapshot.js';
import type { ProblemField } from '../common/problem.js';
import { duplicateAddresses } from './duplicate-addresses.js';
import { type Wanted, wantedDocument } from './wanted-document.js';

export interface PlanInput {
  snapshot: ConfigSnapshot;
  documents: readonly ParsedDocument[];
  /** Documents to delete besides, as `kind/name`. */
  deletions: ReadonlySet<string>;
  /** The source that has this key now, for each key in the documents. */
  ownerOfKey: ReadonlyMap<string, string | null>;
  /** Channels without an account in this installation, with the reason. */
  missing?: ReadonlyMap<string, string>;
  /** Names of people in the documents that belonged to an erased person. */
  erased?: ReadonlySet<string>;
  /** Incidents and shifts that are not closed; empty when no change can affect them. */
  open?: readonly OpenWork[];
  /** Differences computed before (`documentDiffs`). */
  diff?: PlanOptions['diff'];
  /** Database time, ISO 8601: a schedule must not change the past, and its next days are checked. */
  now: string;
}

/** Position in the sender's own files; null for documents outside the body. */
export type Location = Pick<ProblemField, 'file' | 'line' | 'col'>;

export interface DocumentsPlan {
  changes: PlannedChange[];
  wanted: Wanted[];
  errors: ProblemField[];
  warnings: (Problem & Location)[];
  /** The warnings that name open incidents and shifts. */
  inUse: Problem[];
}

/** The changes without their diffs: enough to check permissions before anything slow. */
export function plannedActions({
  snapshot,
  documents,
  deletions,
}: Pick<PlanInput, 'snapshot' | 'documents' | 'deletions'>): Pick<
  PlannedChange,
  'action' | 'kind' | 'name'
>[] {
  const current = CONFIG_KINDS.flatMap((kind): ConfigDocument[] => snapshot.list(kind));
  const wanted = documents.map((document) => wantedDocument(document, snapshot));
  const named = new Set(wanted.map(keyOf));
  return [
    ...planChanges(current, wanted, { prune: false, diff: () => '' }),
    ...current
      .filter((one) => deletions.has(keyOf(one)) && !named.has(keyOf(one)))
      .map(({ kind, name }) => ({ action: 'delete' as const, kind, name })),
  ];
}

export function planDocuments({
  snapshot,
  documents,
  deletions,
  ownerOfKey,
  now,
  open = [],
  missing = new Map(),
  erased = new Set(),
  diff = documentDiff,
}: PlanInput): DocumentsPlan {
  const current = CONFIG_KINDS.flatMap((kind): ConfigDocument[] => snapshot.list(kind));
  const wanted = documents.map((document) => wantedDocument(document, snapshot));
  const named = new Set(wanted.map(keyOf));
  const deleted = current.filter((one) => deletions.has(keyOf(one)) && !named.has(keyOf(one)));
  const newKeys = new Map(wanted.map((one) => [keyOf(one), one.key]));
  const changes = [
    ...planChanges(current, wanted, { prune: false, diff }).map((change) =>
      withNewKey(change, newKeys, ownerOfKey),
    ),
    ...deleted.map((one): PlannedChange => ({
      action: 'delete',
      kind: one.kind,
      name: one.name,
      diff: diff(one, null),
    })),
  ];
  const gone = new Set(deleted.map(keyOf));
  const after = [
    ...current.filter((one) => !named.has(keyOf(one)) && !gone.has(keyOf(one))),
    ...wanted.map((one) =>
      one.key === null ? one : { ...one, spec: { ...one.spec, key: one.key } as ConfigDocument['spec'] },
    ),
  ];
  const locationOf = locationsIn(documents);
  const known = new Set(checkReferences(snapshot, [], snapshot.live.people, missing).map(textOf));
  const inUse = inUseProblems({ changes, wanted, before: snapshot, open, now });
  const problems = [
    ...checkReferences(after, snapshot, liveAfter(wanted, snapshot), missing),
    ...duplicateAddresses(after),
    ...takenKeys(wanted, ownerOfKey, gone),
    ...erasedNames(wanted, erased),
    ...scheduleProblems(wanted, changes, { snapshot, after, now }),
  ]
    // A problem that existed before, in a document that does not change, must not block an unrelated change.
    .filter((problem) => named.has(keyOf(problem)) || !known.has(textOf(problem)))
    .concat(inUse);
  return {
    changes,
    wanted,
    errors: problems
      .filter(({ severity }) => severity === 'error')
      .map((problem) => located(problem, locationOf)),
    inUse,
    warnings: problems
      .filter(({ severity }) => severity === 'warning')
      .map((problem) => ({ ...problem, ...locationOf(problem) })),
  };
}

/** The configuration with these documents in place of those of the same names. */
export function withDocuments(
  snapshot: ConfigSnapshot,
  wanted: readonly Pick<Wanted, 'kind' | 'name' | 'spec'>[],
): ConfigSnapshot {
  const named = new Set(wanted.map(keyOf));
  const current = CONFIG_KINDS.flatMap((kind): ConfigDocument[] => snapshot.list(kind));
  const documents = [
    ...current.filter((one) => !named.has(keyOf(one))),
    ...wanted.map(({ kind, name, spec }): ConfigDocument => ({ kind, name, spec, revision: 0 })),
  ];
  return snapshotOf(snapshot.version, documents, snapshot.live);
}

/** Contacts and rules that people set themselves, once the documents are in force. */
function liveAfter(wanted: readonly Wanted[], snapshot: ConfigSnapshot): LiveData['people'] {
  const { live } = snapshot;
  const changed = wanted.flatMap(({ kind, name, spec }) => {
    if (kind !== 'Person') return [];
    const own = liveUnder(spec as PersonSpec, snapshot.get('Person', name)?.spec, live.people.get(name));
    return own === undefined ? [] : [[name, own] as const];
  });
  return new Map([...live.people, ...changed]);
}

export const keyOf = ({ kind, name }: { kind: ConfigKind; name: string }): string => `${kind}/${name}`;

const textOf = ({ severity, kind, name, path, message }: Problem): string =>
  `${severity} ${kind}/${name} ${path} ${message}`;

/** The key is in no document, so another key is a change that no diff of specs shows. */
function withNewKey(
  change: PlannedChange,
  newKeys: ReadonlyMap<string, string | null>,
  ownerOfKey: PlanInput['ownerOfKey'],
): PlannedChange {
  if (change.action !== 'unchanged') return change;
  const key = newKeys.get(keyOf(change)) ?? null;
  if (key === null || ownerOfKey.get(key) === change.name) return change;
  return { ...change, action: 'update', diff: ' spec:\n-  key: (hidden)\n+  key: (hidden, another one)\n' };
}

function takenKeys(
  wanted: readonly Wanted[],
  ownerOfKey: PlanInput['ownerOfKey'],
  gone: ReadonlySet<string>,
): Problem[] {
  return wanted.flatMap(({ kind, name, key }): Problem[] => {
    const owner = key === null ? null : (ownerOfKey.get(key) ?? null);
    if (owner === null || owner === name || gone.has(`Source/${owner}`)) return [];
    // The former owner of the key brings another key in the same body.
    if (
      wanted.some((one) => one.kind === 'Source' && one.name === owner && one.key !== null && one.key !== key)
    )
      return [];
    return [
      {
        severity: 'error',
        kind,
        name,
        path: 'spec.key',
        message: `Source "${owner}" has the same key; every source needs its own`,
      },
    ];
  });
}

/** The record still refers to the erased person by this name; a new person of that name would appear in their place. */
const erasedNames = (wanted: readonly Wanted[], erased: ReadonlySet<string>): Problem[] =>
  wanted
    .filter(({ kind, name }) => kind === 'Person' && erased.has(name))
    .map(({ kind, name }) => ({
      severity: 'error',
      kind,
      name,
      path: 'metadata.name',
      message: `this was the short name of a person who was erased, and is still in the record; choose another one`,
    }));

type LocationOf = (problem: Pick<Problem, 'kind' | 'name' | 'path'>) => Required<Location> | null;

/** In the sender's own file when the document is part of it. */
function located(problem: Problem, locationOf: LocationOf): ProblemField {
  const { kind, name, path, message } = problem;
  const location = locationOf(problem);
  if (location === null) return { path: `${kind}/${name}${path === '' ? '' : ` ${path}`}`, message };
  return { ...location, path, message: `${kind} ${name}: ${message}` };
}

function locationsIn(documents: readonly ParsedDocument[]): LocationOf {
  const byName = new Map(documents.map((one) => [keyOf(one), one]));
  return (problem) => {
    const document = byName.get(keyOf(problem));
    return document === undefined ? null : { file: document.file, ...document.locate(problem.path) };
  };
}

/** Checks changed schedules only: a file that is applied again, unchanged, may name a date in the past. */
function scheduleProblems(
  wanted: readonly Wanted[],
  changes: readonly PlannedChange[],
  { snapshot, after, now }: { snapshot: ConfigSnapshot; after: readonly PlannedDocument[]; now: string },
): Problem[] {
  const changing = new Set(changes.filter(({ action }) => action !== 'unchanged').map(keyOf));
  const schedules = wanted.filter((one) => one.kind === 'Schedule' && changing.has(keyOf(one)));
  if (schedules.length === 0) return [];
  const documents = after.map((one): ConfigDocument => ({ ...one, revision: 0 }));
  const next = snapshotOf(snapshot.version, documents, snapshot.live);
  return schedules.flatMap(({ name }) => {
    const spec = next.get('Schedule', name)?.spec;
    return spec === undefined ? [] : checkScheduleEdit(name, spec, { before: snapshot, after: next, now });
  });
}

/** What a body of documents would change, and everything that speaks against it. Pure: keys in use are looked up before. */
import { documentDiff } from '../../contracts/config/diff.js';
import type { ParsedDocument } from '../../contracts/config/documents.js';
import { CONFIG_KINDS } from '../../contracts/config/kinds.js';
import { planChanges, type PlannedChange } from '../../domain/config/plan-changes.js';
import { checkReferences, type Problem } from '../../domain/config/references.js';
import type { ConfigDocument, ConfigKind, ConfigSnapshot } from '../../domain/config/specs.js';
import type { ProblemField } from '../common/problem.js';
import { duplicateAddresses } from './duplicate-addresses.js';
import { type Wanted, wantedDocument } from './wanted-document.js';

export interface PlanInput {
  snapshot: ConfigSnapshot;
  documents: readonly ParsedDocument[];
  /** Names to delete besides, as `kind/name`. */
  deletions: ReadonlySet<string>;
  /** The source that has this key now, for each key that the documents bring. */
  ownerOfKey: ReadonlyMap<string, string | null>;
}

export interface DocumentsPlan {
  changes: PlannedChange[];
  wanted: Wanted[];
  errors: ProblemField[];
  warnings: Problem[];
}

export function planDocuments({ snapshot, documents, deletions, ownerOfKey }: PlanInput): DocumentsPlan {
  const current = CONFIG_KINDS.flatMap((kind): ConfigDocument[] => snapshot.list(kind));
  const wanted = documents.map((document) => wantedDocument(document, snapshot));
  const named = new Set(wanted.map(keyOf));
  const deleted = current.filter((one) => deletions.has(keyOf(one)) && !named.has(keyOf(one)));
  const changes = [
    ...planChanges(current, wanted, { prune: false, diff: documentDiff }).map((change) =>
      withNewKey(change, wanted, ownerOfKey),
    ),
    ...deleted.map((one): PlannedChange => ({
      action: 'delete',
      kind: one.kind,
      name: one.name,
      diff: documentDiff(one, null),
    })),
  ];
  const gone = new Set(deleted.map(keyOf));
  const after = [
    ...current.filter((one) => !named.has(keyOf(one)) && !gone.has(keyOf(one))),
    ...wanted.map((one) =>
      one.key === null ? one : { ...one, spec: { ...one.spec, key: one.key } as ConfigDocument['spec'] },
    ),
  ];
  const known = new Set(checkReferences(current).map(textOf));
  const problems = [
    ...checkReferences(after, current),
    ...duplicateAddresses(after),
    ...takenKeys(wanted, ownerOfKey, gone),
  ]
    // What was wrong before and is not touched now must not stop an unrelated change.
    .filter((problem) => named.has(keyOf(problem)) || !known.has(textOf(problem)));
  return {
    changes,
    wanted,
    errors: problems
      .filter(({ severity }) => severity === 'error')
      .map((problem) => located(problem, documents)),
    warnings: problems.filter(({ severity }) => severity === 'warning'),
  };
}

export const keyOf = ({ kind, name }: { kind: ConfigKind; name: string }): string => `${kind}/${name}`;

const textOf = ({ severity, kind, name, path, message }: Problem): string =>
  `${severity} ${kind}/${name} ${path} ${message}`;

/** The key stands in no document, so another key is a change that no diff of specs can show. */
function withNewKey(
  change: PlannedChange,
  wanted: readonly Wanted[],
  ownerOfKey: PlanInput['ownerOfKey'],
): PlannedChange {
  if (change.action !== 'unchanged') return change;
  const key = wanted.find((one) => keyOf(one) === keyOf(change))?.key ?? null;
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
    // Whoever had it brings another one in the same body.
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

/** In the sender's own file where the document is part of it. */
function located({ kind, name, path, message }: Problem, documents: readonly ParsedDocument[]): ProblemField {
  const document = documents.find((one) => one.kind === kind && one.name === name);
  if (document === undefined) return { path: `${kind}/${name}${path === '' ? '' : ` ${path}`}`, message };
  const { line, col } = document.locate(path);
  return { file: document.file, line, col, path, message: `${kind} ${name}: ${message}` };
}

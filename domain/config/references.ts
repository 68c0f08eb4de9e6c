/** Checks references between documents: every name exists and every policy reaches a person. Pure. */
import { CONFIG_KINDS, type ConfigDocument, type ConfigKind, type ConfigSnapshot } from './specs.js';
import { type LiveData, NO_LIVE_DATA } from './live-data.js';
import { nearest } from './nearest.js';
import { loopProblems } from './policy-loops.js';
import { referencesOf } from './referenced.js';
import { reachProblems } from './reach.js';
import type { Problem, Referring } from './referring.js';

export type { Problem } from './referring.js';

export type ReferenceInput = readonly AnyDocument[] | Pick<ConfigSnapshot, 'list' | 'live'>;
type AnyDocument = Pick<ConfigDocument, 'kind' | 'name' | 'spec'>;

/**
 * `after`: all documents after the change. `before`: all documents in force, so that deleting a document in use can be
 * distinguished from a name that never existed; without it both are missing names. `live`: contacts beside the documents, by
 * default those of the snapshot. `noAccount`: channels without an account, with the reason.
 */
export function checkReferences(
  after: ReferenceInput,
  before: ReferenceInput = [],
  live: LiveData['people'] = liveOf(after),
  noAccount: ReadonlyMap<string, string> = new Map(),
): Problem[] {
  const documents = documentsOf(after);
  const existing = new Set(documents.map(keyOf));
  const deleted = new Map(
    documentsOf(before)
      .filter((one) => !existing.has(keyOf(one)))
      .map((one) => [keyOf(one), one]),
  );
  const users = new Map<string, string[]>();
  const missing: Problem[] = [];
  const meant = suggestionFor(documents);
  for (const document of documents) {
    for (const { path, kind, name } of referencesOf(document)) {
      const key = keyOf({ kind, name });
      if (existing.has(key)) continue;
      if (deleted.has(key))
        users.set(key, [...(users.get(key) ?? []), `${document.kind} ${document.name} (${path})`]);
      else
        missing.push({
          severity: 'error',
          kind: document.kind,
          name: document.name,
          path,
          message: `there is no ${kind} "${name}"${meant(name, kind)}`,
        });
    }
  }
  const inUse = [...users].flatMap(([key, by]): Problem[] => {
    const one = deleted.get(key);
    const message = `cannot be deleted, it is used by ${by.join(', ')}`;
    return one === undefined
      ? []
      : [{ severity: 'error', kind: one.kind, name: one.name, path: '', message }];
  });
  return [
    ...missing,
    ...inUse,
    ...keyProblems(documents),
    ...loopProblems(documents),
    ...reachProblems(documents, live, noAccount),
  ];
}

/** Comparing with every known name is slow, so suggestions are made for the first few misspelt names only. */
const MEANT_MAX = 20;

function suggestionFor(documents: readonly Referring[]): (name: string, kind: ConfigKind) => string {
  let asked = 0;
  return (name, kind) => {
    asked += 1;
    if (asked > MEANT_MAX) return '';
    const names = documents.filter((one) => one.kind === kind).map((one) => one.name);
    const near = nearest(name, names);
    return near === null ? '' : `; did you mean "${near}"?`;
  };
}

/** Two sources with one key make the source of an alert ambiguous. */
function keyProblems(documents: readonly Referring[]): Problem[] {
  const owners = new Map<string, string>();
  return documents.flatMap((document): Problem[] => {
    if (document.kind !== 'Source' || document.spec.key === undefined) return [];
    const owner = owners.get(document.spec.key);
    owners.set(document.spec.key, owner ?? document.name);
    if (owner === undefined) return [];
    const message = `Source "${owner}" has the same key; every source needs its own`;
    return [{ severity: 'error', kind: 'Source', name: document.name, path: 'spec.key', message }];
  });
}

const keyOf = ({ kind, name }: { kind: ConfigKind; name: string }): string => `${kind}/${name}`;

const liveOf = (input: ReferenceInput): LiveData['people'] =>
  ('live' in input ? input.live : NO_LIVE_DATA).people;

function documentsOf(input: ReferenceInput): Referring[] {
  const documents: readonly AnyDocument[] =
    'list' in input ? CONFIG_KINDS.flatMap((kind): AnyDocument[] => input.list(kind)) : input;
  // A spec always matches its document's kind; only the type ConfigDocument does not express it.
  return documents as Referring[];
}

/** Differences that a plan shows. Most of a plan's time, and proportional to its changes, so other requests get their turn between them. */
import { setImmediate as turn } from 'node:timers/promises';
import { documentDiff } from '../../contracts/config/diff.js';
import type { ParsedDocument } from '../../contracts/config/documents.js';
import type { PlannedChange, PlannedDocument, PlanOptions } from '../../domain/config/plan-changes.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { wantedDocument } from './wanted-document.js';

/** The event loop is held this long at a time. */
const SLICE_MS = 20;

const keyOf = ({ kind, name }: Pick<PlannedDocument, 'kind' | 'name'>): string => `${kind}/${name}`;

/** Differences of the changes, for `planDocuments`. */
export async function documentDiffs(
  snapshot: ConfigSnapshot,
  documents: readonly ParsedDocument[],
  actions: readonly Pick<PlannedChange, 'action' | 'kind' | 'name'>[],
): Promise<PlanOptions['diff']> {
  const named = new Map(documents.map((one) => [keyOf(one), one]));
  const diffs = new Map<string, string>();
  let startedMs = performance.now();
  for (const { action, kind, name } of actions) {
    if (action === 'unchanged') continue;
    if (performance.now() - startedMs > SLICE_MS) {
      await turn();
      startedMs = performance.now();
    }
    const key = keyOf({ kind, name });
    const document = named.get(key);
    const before = snapshot.get(kind, name);
    const after = document === undefined ? null : wantedDocument(document, snapshot);
    diffs.set(key, documentDiff(before === undefined ? null : { kind, name, spec: before.spec }, after));
  }
  return (before, after) => {
    const one = before ?? after;
    return one === null ? '' : (diffs.get(keyOf(one)) ?? documentDiff(before, after));
  };
}

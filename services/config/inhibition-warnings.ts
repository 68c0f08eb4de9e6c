/** Warnings of a plan about inhibitions that would hold nothing. */
import type { ParsedDocument } from '../../contracts/config/documents.js';
import { unmatchedInhibitions } from '../../db/alert/unmatched-inhibitions.js';
import type { Querying } from '../../db/connection/querying.js';
import type { InhibitionSpec } from '../../domain/alert/inhibition-spec.js';
import { type DocumentsPlan, keyOf } from './plan-documents.js';

export async function inhibitionWarnings(
  db: Querying,
  documents: readonly ParsedDocument[],
  { changes }: Pick<DocumentsPlan, 'changes'>,
): Promise<DocumentsPlan['warnings']> {
  const changing = new Set(changes.filter(({ action }) => action !== 'unchanged').map(keyOf));
  const inhibitions = documents.filter((one) => one.kind === 'Inhibition' && changing.has(keyOf(one)));
  const asked = inhibitions.map(({ name, spec }) => ({ name, spec: spec as InhibitionSpec }));
  const unmatched = await unmatchedInhibitions(db, asked);
  return unmatched.flatMap(({ name, side }) => {
    const document = inhibitions.find((one) => one.name === name);
    if (document === undefined) return [];
    const path = `spec.${side}`;
    return [
      {
        severity: 'warning',
        kind: 'Inhibition',
        name,
        path,
        message: 'matches no alert of the last week; is every field and label as your senders write it?',
        file: document.file,
        ...document.locate(path),
      },
    ];
  });
}

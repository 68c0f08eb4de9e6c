/** Shows a plan's changes to people: a unified diff of two documents in canonical YAML. Secrets are never shown. */
import { createTwoFilesPatch } from 'diff';
import { stringify } from 'yaml';
import type { ConfigKind } from '../../domain/config/specs.js';
import { API_VERSION } from './kinds.js';

export interface Diffable {
  kind: ConfigKind;
  name: string;
  spec: unknown;
}

const HIDDEN = '(hidden)';
/** Maximum of removed and added lines; a document that differs by more is shown as deleted and created. */
const EDIT_MAX = 2000;

/** The document in canonical form: keys in a fixed order, so that two outputs of one document are equal. */
export function canonicalYaml({ kind, name, spec }: Diffable): string {
  return stringify(
    { apiVersion: API_VERSION, kind, metadata: { name }, spec: sorted(hidden(kind, spec)) },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

/** Null means that the document does not exist: a create or a delete. Empty when no visible part differs. */
export function documentDiff(before: Diffable | null, after: Diffable | null): string {
  const one = before ?? after;
  if (one === null) return '';
  const label = `${one.kind}/${one.name}`;
  const from = before === null ? '' : canonicalYaml(before);
  const to = after === null ? '' : canonicalYaml(after);
  if (from === to) return '';
  const patch = createTwoFilesPatch(
    before === null ? '/dev/null' : label,
    after === null ? '/dev/null' : label,
    from,
    to,
    undefined,
    undefined,
    {
      context: 3,
      // Comparing two long texts with nothing in common takes minutes.
      maxEditLength: before === null || after === null ? Infinity : EDIT_MAX,
      headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
    },
  );
  return patch ?? `${documentDiff(before, null)}${documentDiff(null, after)}`;
}

function hidden(kind: ConfigKind, spec: unknown): unknown {
  if (typeof spec !== 'object' || spec === null) return spec;
  if (kind === 'Source' && 'key' in spec && spec.key !== undefined) return { ...spec, key: HIDDEN };
  if (kind === 'Subscription') {
    const shown: Record<string, unknown> = { ...spec };
    for (const field of ['secret', 'previousSecret']) if (shown[field] !== undefined) shown[field] = HIDDEN;
    return shown;
  }
  if (kind === 'Person' && 'contacts' in spec && Array.isArray(spec.contacts)) {
    const contacts = spec.contacts.map((contact: object) =>
      'secret' in contact && contact.secret !== undefined ? { ...contact, secret: HIDDEN } : contact,
    );
    return { ...spec, contacts };
  }
  return spec;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, sorted(field)]),
  );
}

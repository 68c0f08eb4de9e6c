/**
 * Display names of people and documents by one key: a person's short name, or `Kind/name` of a document. A document that is gone
 * is shown by its name. Pure.
 */
import type { ConfigSnapshot } from './specs.js';

/** Kinds of documents that people are shown by a name of their own. */
export type NamedKind =
  'Team' | 'Service' | 'EscalationPolicy' | 'Schedule' | 'Runbook' | 'ResponsePlan' | 'Drill';

const NAMED: Readonly<Record<NamedKind, true>> = {
  Team: true,
  Service: true,
  EscalationPolicy: true,
  Schedule: true,
  Runbook: true,
  ResponsePlan: true,
  Drill: true,
};

const isNamedKind = (text: string): text is NamedKind => Object.hasOwn(NAMED, text);

export interface DisplayNames {
  get(key: string): string | undefined;
}

export const documentKey = (kind: NamedKind, name: string): string => `${kind}/${name}`;

/** The name that a key ends with; the whole key when it is a person's. */
export const nameInKey = (key: string): string => {
  const at = key.indexOf('/');
  return at > 0 && isNamedKind(key.slice(0, at)) ? key.slice(at + 1) : key;
};

export const documentTitle = (snapshot: Pick<ConfigSnapshot, 'get'>, kind: NamedKind, name: string): string =>
  snapshot.get(kind, name)?.spec.displayName ?? name;

/** `people`: where given, also the names of those who left. */
export const displayNamesIn = (
  snapshot: Pick<ConfigSnapshot, 'get'>,
  people?: DisplayNames,
): DisplayNames => ({
  get(key) {
    const at = key.indexOf('/');
    const kind = at > 0 ? key.slice(0, at) : '';
    if (isNamedKind(kind)) return snapshot.get(kind, key.slice(at + 1))?.spec.displayName;
    return people === undefined ? snapshot.get('Person', key)?.spec.displayName : people.get(key);
  },
});

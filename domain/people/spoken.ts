/**
 * Marks people and documents in sentences. Code that builds a sentence does not know display names, so it marks the person, team
 * or service, and the code that shows the sentence inserts the name. Pure.
 */
import { type DisplayNames, documentKey, nameInKey, type NamedKind } from '../config/display-names.js';
import type { IncidentEvent } from '../incident/events.js';
import type { Actor } from '../incident/state.js';

/** `key`: a person, or `Kind/name` of a document (`domain/config/display-names.ts`). */
export type NameOf = (key: string) => string;

/** Two private-use characters that keyboards cannot type enclose the key. */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const MARK = new RegExp(`${OPEN}([^${OPEN}${CLOSE}]*)${CLOSE}`, 'gu');

export const marked = (person: string): string => `${OPEN}${person}${CLOSE}`;

export const markedDocument = (kind: NamedKind, name: string): string => marked(documentKey(kind, name));

/** Without a name the slug is shown; a function that knows people only returns the keys of documents as they are. */
export const spoken = (sentence: string, nameOf: NameOf = nameInKey): string =>
  sentence.replace(MARK, (_mark, key: string) => nameInKey(nameOf(key)));

/** Display name if known, else the slug. */
export const namesFrom =
  (names: DisplayNames): NameOf =>
  (key) =>
    names.get(key) ?? nameInKey(key);

/** The keys of the documents that sentences about these events name. */
export function documentsNamed(events: readonly IncidentEvent[]): string[] {
  const keys = events.flatMap((event) =>
    [...JSON.stringify(withNamesMarked(event).data).matchAll(MARK)].map(([, key = '']) => key),
  );
  return [...new Set(keys)].filter((key) => key !== nameInKey(key));
}

const isPerson = (actor: Actor): boolean =>
  actor !== 'tocsin' && actor !== 'admin-token' && !actor.includes(':');

const one = new Set(['person', 'by', 'to', 'author']);
const many = new Set(['people', 'catchAll']);
/** An escalation has the name of its team. */
const documents: ReadonlyMap<string, NamedKind> = new Map([
  ['service', 'Service'],
  ['team', 'Team'],
  ['escalation', 'Team'],
  ['answered', 'Team'],
  ['runbook', 'Runbook'],
  ['plan', 'ResponsePlan'],
]);

/** The event with its people and documents marked, so that sentences built from it can show their names. */
export function withNamesMarked<E extends IncidentEvent>(event: E): E {
  const data = Object.entries(event.data).map(([field, value]: [string, unknown]) => [
    field,
    markedField(field, value),
  ]);
  return {
    ...event,
    actor: isPerson(event.actor) ? marked(event.actor) : event.actor,
    ...(event.onBehalfOf === undefined ? {} : { onBehalfOf: marked(event.onBehalfOf) }),
    data: Object.fromEntries(data) as unknown,
  } as E;
}

function markedField(field: string, value: unknown): unknown {
  if (typeof value === 'string') {
    if (one.has(field) && isPerson(value)) return marked(value);
    const kind = documents.get(field);
    if (kind !== undefined) return markedDocument(kind, value);
    // The reason of an escalation after a decline or a reassignment.
    if (field === 'reason')
      return value.replace(/^(\S+)(?= can't take it$)|(?<=^handed to )(\S+)$/u, (person) => marked(person));
    return value;
  }
  if (!Array.isArray(value)) return value;
  if (many.has(field)) return value.map((person: unknown) => marked(String(person)));
  const kind = documents.get(field);
  if (kind !== undefined) return value.map((name: unknown) => markedDocument(kind, String(name)));
  if (field !== 'reviewers') return value;
  return value.map((reviewer: { person: string }) => ({ ...reviewer, person: marked(reviewer.person) }));
}

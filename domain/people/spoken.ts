/**
 * Marks people in sentences. Code that builds a sentence does not know display names, so it marks the person, and the code that
 * shows the sentence inserts the name. Pure.
 */
import type { IncidentEvent } from '../incident/events.js';
import type { Actor } from '../incident/state.js';

export type NameOf = (person: string) => string;

/** Two private-use characters that keyboards cannot type enclose the person's slug. */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const MARK = new RegExp(`${OPEN}([^${OPEN}${CLOSE}]*)${CLOSE}`, 'gu');

export const marked = (person: string): string => `${OPEN}${person}${CLOSE}`;

/** Without a name the slug is shown. */
export const spoken = (sentence: string, nameOf: NameOf = (person) => person): string =>
  sentence.replace(MARK, (_mark, person: string) => nameOf(person));

/** Display name if known, else the slug. */
export const namesFrom =
  (names: ReadonlyMap<string, string>): NameOf =>
  (person) =>
    names.get(person) ?? person;

const isPerson = (actor: Actor): boolean =>
  actor !== 'tocsin' && actor !== 'admin-token' && !actor.includes(':');

const one = new Set(['person', 'by', 'to', 'author']);
const many = new Set(['people', 'catchAll']);

/** The event with its people marked, so that sentences built from it can show their names. */
export function withPeopleMarked<E extends IncidentEvent>(event: E): E {
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
    // The reason of an escalation after a decline or a reassignment.
    if (field === 'reason')
      return value.replace(/^(\S+)(?= can't take it$)|(?<=^handed to )(\S+)$/u, (person) => marked(person));
    return value;
  }
  if (!Array.isArray(value)) return value;
  if (many.has(field)) return value.map((person: unknown) => marked(String(person)));
  if (field !== 'reviewers') return value;
  return value.map((reviewer: { person: string }) => ({ ...reviewer, person: marked(reviewer.person) }));
}

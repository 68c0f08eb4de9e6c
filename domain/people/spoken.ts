/**
 * People in sentences. A sentence is made where nobody knows what people are called; there a person is written as a mark, and
 * whoever shows the sentence puts in the name. Pure.
 */
import type { IncidentEvent } from '../incident/events.js';
import type { Actor } from '../incident/state.js';

export type NameOf = (person: string) => string;

/** Two characters that no keyboard writes stand around the person's slug. */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const MARK = new RegExp(`${OPEN}([^${OPEN}${CLOSE}]*)${CLOSE}`, 'gu');

export const marked = (person: string): string => `${OPEN}${person}${CLOSE}`;

/** Without a name for somebody their slug has to do. */
export const spoken = (sentence: string, nameOf: NameOf = (person) => person): string =>
  sentence.replace(MARK, (_mark, person: string) => nameOf(person));

/** By display name where there is one. */
export const namesFrom =
  (names: ReadonlyMap<string, string>): NameOf =>
  (person) =>
    names.get(person) ?? person;

const isPerson = (actor: Actor): boolean =>
  actor !== 'tocsin' && actor !== 'admin-token' && !actor.includes(':');

const one = new Set(['person', 'by', 'to', 'author']);
const many = new Set(['people', 'catchAll']);

/** The event with its people marked: whatever sentence is made of it names them. */
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
    // What an escalation says for itself when somebody could not take it, or handed it over.
    if (field === 'reason')
      return value.replace(/^(\S+)(?= can't take it$)|(?<=^handed to )(\S+)$/u, (person) => marked(person));
    return value;
  }
  if (!Array.isArray(value)) return value;
  if (many.has(field)) return value.map((person: unknown) => marked(String(person)));
  if (field !== 'reviewers') return value;
  return value.map((reviewer: { person: string }) => ({ ...reviewer, person: marked(reviewer.person) }));
}

/** Reader of a page: the time, the time zone, and display names. */
import { createContext, useContext } from 'react';
import { type DisplayNames, documentKey, type NamedKind } from '../../domain/config/display-names.js';

export interface Viewing {
  /** Database time, ISO 8601. */
  now: string;
  /** IANA zone of the reader. */
  zone: string;
  /** Display names of people and documents; who or what is missing is shown by slug. */
  names: DisplayNames;
  /** The reader, when it is a person. */
  you: string | null;
}

const Viewer = createContext<Viewing>({
  now: '1970-01-01T00:00:00.000Z',
  zone: 'UTC',
  names: new Map(),
  you: null,
});

export const ViewerProvider = Viewer.Provider;

export const useViewer = (): Viewing => useContext(Viewer);

/** Display name of a person or another actor (`source:prometheus`, `key:ci`, `tocsin`). */
export function nameOf(actor: string, names: Viewing['names']): string {
  if (actor === 'tocsin') return 'Tocsin';
  const [kind, name] = actor.split(':', 2);
  if (name !== undefined && kind === 'source') return `source ${name}`;
  if (name !== undefined && kind === 'key') return `API key ${name}`;
  return names.get(actor) ?? actor;
}

/** Display name of a team, service, policy, schedule, plan or runbook; its slug once it is deleted. */
export const titleOf = (kind: NamedKind, name: string, names: Viewing['names']): string =>
  names.get(documentKey(kind, name)) ?? name;

export const titlesOf = (kind: NamedKind, all: readonly string[], names: Viewing['names']): string =>
  all.map((name) => titleOf(kind, name, names)).join(', ');

export function Named({ kind, name }: { kind: NamedKind; name: string }) {
  return <>{titleOf(kind, name, useViewer().names)}</>;
}

/** Display name of a person, with "(you)" for the reader. */
export function Who({ actor, plain = false }: { actor: string; plain?: boolean }) {
  const { names, you } = useViewer();
  return (
    <>
      {nameOf(actor, names)}
      {actor === you && !plain ? ' (you)' : ''}
    </>
  );
}

export function Whose({ people }: { people: readonly string[] }) {
  const { names, you } = useViewer();
  if (people.length === 0) return <>nobody</>;
  return (
    <>{people.map((person) => `${nameOf(person, names)}${person === you ? ' (you)' : ''}`).join(', ')}</>
  );
}

/**
 * Two people: who asked for a run and who wrote what runs answer no `two-person` approval of it. Behind a key may be anybody, also
 * whoever answers, and the person it names is its own word (ADR 13): then two people have to say yes.
 */
import { isKey } from '../incident/actors.js';
import { isPerson } from '../incident/holder.js';
import type { Actor, RunSummary } from '../incident/state.js';

type Origin = Pick<RunSummary, 'startedBy' | 'onBehalfOf'>;

/** A run that an incident started has nobody behind it: there the second person is whoever did not write it. */
export function yesesNeeded(
  asked: { min: number; twoPerson: boolean },
  run: Origin,
  authors: readonly Actor[],
): number {
  const isUnknown = isKey(run.startedBy) || authors.some((author) => !isPerson(author));
  return asked.twoPerson && isUnknown ? Math.max(asked.min, 2) : asked.min;
}

export const startedIt = (run: Origin, person: string): boolean =>
  run.startedBy === person || run.onBehalfOf === person;

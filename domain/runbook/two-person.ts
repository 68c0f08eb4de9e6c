/**
 * Two-person rule: the requester of a run and the authors of its runbook may not answer a `two-person` approval of it. Any person
 * may be behind an API key, also the approver, and the person it names is unverified (docs/adr/0013), so two people must then
 * approve.
 */
import { isKey } from '../incident/actors.js';
import { isPerson } from '../incident/holder.js';
import type { Actor, RunSummary } from '../incident/state.js';

type Origin = Pick<RunSummary, 'startedBy' | 'onBehalfOf'>;

/** A run that an incident started has no requester: its second person is anyone except the authors. */
export function approvalsNeeded(
  asked: { min: number; twoPerson: boolean },
  run: Origin,
  authors: readonly Actor[],
): number {
  const isUnknown = isKey(run.startedBy) || authors.some((author) => !isPerson(author));
  return asked.twoPerson && isUnknown ? Math.max(asked.min, 2) : asked.min;
}

export const startedIt = (run: Origin, person: string): boolean =>
  run.startedBy === person || run.onBehalfOf === person;

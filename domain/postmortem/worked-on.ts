/** Who worked on an incident, from its record: nobody approves a digest whose incidents they all worked. */
import { isPerson } from '../incident/holder.js';
import type { IncidentState } from '../incident/state.js';
import { peopleWhoTookPart } from './reviewers.js';

/** Who acknowledged, had a role, resolved it, or started a runbook. A page without an answer is no work. */
export function workedOn(state: IncidentState): string[] {
  const { resolvedBy, runs } = state;
  const starters = Object.values(runs).map(({ startedBy, onBehalfOf }) => onBehalfOf ?? startedBy);
  const people = [...peopleWhoTookPart(state), ...(resolvedBy === null ? [] : [resolvedBy]), ...starters];
  return [...new Set(people.filter(isPerson))];
}

/** Titles of runbook steps for sentences: a step's name, or its request to people. Pure. */
import { readStep } from '../../steps/registry.js';
import type { Decision } from '../incident/commands.js';
import type { IncidentFact } from '../incident/events.js';
import type { RunSummary } from '../incident/state.js';
import type { RunbookStep } from './definition.js';

const LONGEST = 80;
/** Limit of all titles together: one event stores them and must stay small. Steps beyond it appear by their ids. */
const TOTAL = 1_500;

/** Titles in the order of the steps; null for a step that appears by its id. */
export function stepTitles(steps: readonly RunbookStep[]): (string | null)[] {
  let left = TOTAL;
  return steps.map((step) => {
    const title = titleOf(step);
    if (title === null || title.length > left) return null;
    left -= title.length;
    return title;
  });
}

function titleOf(step: RunbookStep): string | null {
  const { fields, rules } = readStep(step);
  const said = step.name ?? rules.request?.(fields) ?? null;
  // A text with values that are filled in later names nothing yet.
  if (said === null || said.includes('${{')) return null;
  const [line = ''] = said.trim().split('\n');
  if (line === '') return null;
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

/** Adds the step's title to each fact about a step, so that the event alone is enough for its sentence. */
export function withStepTitles(runs: Record<string, RunSummary>, decision: Decision): Decision {
  if (decision.kind !== 'accepted') return decision;
  return { ...decision, facts: decision.facts.map((fact) => titled(runs, fact)) };
}

function titled(runs: Record<string, RunSummary>, fact: IncidentFact): IncidentFact {
  switch (fact.kind) {
    case 'step_waiting':
    case 'approval_requested':
    case 'approval_decided':
    case 'approval_expired':
    case 'step_retried':
    case 'step_finished': {
      const title = runs[fact.data.run]?.steps[fact.data.step]?.title;
      return title === undefined ? fact : ({ ...fact, data: { ...fact.data, title } } as IncidentFact);
    }
    default:
      return fact;
  }
}

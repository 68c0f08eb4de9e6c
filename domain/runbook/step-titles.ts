/** What a runbook's steps are called in sentences: their names, or what they ask of people. Pure. */
import type { Decision } from '../incident/commands.js';
import type { IncidentFact } from '../incident/events.js';
import type { RunSummary } from '../incident/state.js';
import type { RunbookStep } from './definition.js';

const LONGEST = 80;
/** Of all together: they are written into one event, which has to stay small. The steps behind these go by their ids. */
const TOTAL = 1_500;

/** In the order of the steps; null for one that goes by its id. */
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
  const said =
    step.name ?? ('manual' in step ? step.manual : 'approve' in step ? step.approve.message : null);
  // What is filled in later names nothing yet.
  if (said === null || said.includes('${{')) return null;
  const [line = ''] = said.trim().split('\n');
  if (line === '') return null;
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

/** Each fact about a step says what the step is called: whoever reads the event alone has the sentence. */
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

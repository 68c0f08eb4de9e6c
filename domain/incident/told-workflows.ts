/** Decides which workflows are signalled about an event of an incident. */
import { drillWorkflowId, incidentWorkflowId, runbookWorkflowId } from '../shared/workflow-ids.js';
import type { IncidentEvent } from './events.js';
import type { IncidentState } from './state.js';

/**
 * The incident's own workflow (unless it is the caller), the drill that watches the incident, a run's workflow for decisions of
 * people about its steps, and every active run when the incident ends. `state`: after the event.
 */
export function toldWorkflows(
  event: IncidentEvent,
  { state, tellWorkflow }: { state: IncidentState; tellWorkflow: boolean },
): string[] {
  const ends = event.kind === 'resolved' || event.kind === 'closed';
  return [
    ...(tellWorkflow ? [incidentWorkflowId(state.id)] : []),
    ...(state.drill === null ? [] : [drillWorkflowId(state.drill)]),
    ...runDecidedByPeople(event).map(runbookWorkflowId),
    ...(ends ? activeRuns(state).map(runbookWorkflowId) : []),
  ];
}

/** A run's workflow records the other events of the run itself; `runbook_started` is the event that it is started by. */
function runDecidedByPeople(event: IncidentEvent): string[] {
  const isDecision = 'run' in event.data && event.actor !== 'tocsin' && event.kind !== 'runbook_started';
  return isDecision && 'run' in event.data ? [event.data.run] : [];
}

const activeRuns = ({ runs }: IncidentState): string[] =>
  Object.values(runs)
    .filter((run) => run.state === 'running' || run.state === 'waiting')
    .map((run) => run.id);

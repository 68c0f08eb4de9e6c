/** The workflows with two commands swapped, each at its first effects. A replay must detect every one. */
import { sleep } from '@temporalio/workflow';
import { drill as ordinaryDrill } from '../drill.js';
import { incident as ordinaryIncident } from '../incident.js';
import { type DrillInput, type IncidentInput, notOurs, type RunbookInput } from '../messages.js';
import { local } from '../proxies.js';
import { runbook as ordinaryRunbook, type RunResult } from '../runbook.js';
import { record } from '../runbook/proxies.js';

/** Drafted before any page. */
export async function incident(input?: IncidentInput): Promise<void> {
  if (input === undefined) throw notOurs();
  await local.draftPostmortem({ incidentId: input.incidentId, afterSeq: 0 });
  return ordinaryIncident(input);
}

/** Finished before it is loaded. */
export async function runbook(input?: RunbookInput): Promise<RunResult> {
  if (input === undefined) throw notOurs();
  await record.finishRun({
    incidentId: input.incidentId,
    runId: input.runId,
    state: 'cancelled',
    current: null,
  });
  return ordinaryRunbook(input);
}

/** Waits before it opens. */
export async function drill(input?: DrillInput): Promise<void> {
  await sleep('1s');
  return ordinaryDrill(input);
}

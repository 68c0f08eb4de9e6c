/** Reads the due step of a run from the record; every activity of a run begins with it. */
import { ApplicationFailure } from '@temporalio/common';
import type { EndedBy } from '../domain/runbook/step-rules.js';
import { endedBy, kindsEndedBy, type RenderedBy } from '../steps/registry.js';
import { type DueStep, dueStepOf } from '../domain/runbook/due-step.js';
import type { LoadedRun, ProofPort, RunStorePort, SecretPort, StepAt, StepStatus } from '../ports/runbook.js';
import type { StepPorts } from '../ports/step.js';

export interface RunbookPorts extends StepPorts {
  runs: RunStorePort;
  proof: ProofPort;
  secrets?: SecretPort;
}

export type ActingDueStep<By extends EndedBy> = Extract<DueStep, { kind: 'act' }> & {
  rendered: RenderedBy<By>;
};

const refuse = (message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, 'NotOfRecord');

export async function loadRun({ runs }: Pick<RunbookPorts, 'runs'>, runId: string): Promise<LoadedRun> {
  const run = await runs.load(runId);
  if (run === null) throw ApplicationFailure.nonRetryable(`No run ${runId}`, 'RunNotFound');
  return run;
}

export async function loadDueStep(
  ports: Pick<RunbookPorts, 'runs'>,
  at: StepAt,
): Promise<{ run: LoadedRun; due: DueStep }> {
  const run = await loadRun(ports, at.runId);
  if (run.incidentId !== at.incidentId) throw refuse(`Run ${at.runId} is not of incident ${at.incidentId}`);
  const due = dueStepOf(run, at.step);
  if (due === null) throw refuse(`Run ${at.runId} has no step ${at.step}`);
  return { run, due };
}

/** For an activity that executes steps which end in one of these ways. A step that the record skips ends here. */
export async function actingStep<By extends EndedBy>(
  ports: Pick<RunbookPorts, 'runs'>,
  at: StepAt,
  ways: readonly By[],
): Promise<
  { run: LoadedRun; due: ActingDueStep<By>; passed: null } | { run: LoadedRun; due: null; passed: StepStatus }
> {
  const { run, due } = await loadDueStep(ports, at);
  if (due.kind === 'pass') return { run, due: null, passed: await pass(ports, at, due) };
  if (!isOf(due, ways))
    throw refuse(
      `${at.step} is a step of kind ${due.rendered.kind}, not ${kindsEndedBy(...ways).join(' or ')}`,
    );
  return { run, due, passed: null };
}

/** Ends a step that is not executed, with the record's reason; a step that has ended or is not next stays unchanged. */
export async function pass(
  { runs }: Pick<RunbookPorts, 'runs'>,
  at: StepAt,
  { state, text }: Extract<DueStep, { kind: 'pass' }>,
): Promise<StepStatus> {
  const status = await runs.status(at);
  const isNext = status.run === 'going' && at.execution === status.execution + 1;
  return isNext ? runs.finishStep(at, { state, text: truncateList(text) }) : status;
}

/** Characters of a sentence that becomes part of an event. */
const TEXT_LIMIT = 300;

const truncateList = (text: string): string =>
  text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT - 1)}…` : text;

const isOf = <By extends EndedBy>(
  due: Extract<DueStep, { kind: 'act' }>,
  ways: readonly By[],
): due is ActingDueStep<By> => ways.some((by) => by === endedBy(due.rendered.kind));

/** Reads the due step of a run from the record; every activity of a run begins with it. */
import { ApplicationFailure } from '@temporalio/common';
import type { RenderedStep } from '../domain/runbook/render-step.js';
import { type DueStep, dueStepOf } from '../domain/runbook/due-step.js';
import type { CheckPort } from '../ports/check.js';
import type { NoticePort } from '../ports/delivery.js';
import type { EgressPort } from '../ports/egress.js';
import type { LoadedRun, ProofPort, RunStorePort, SecretPort, StepAt, StepStatus } from '../ports/runbook.js';

export interface RunbookPorts {
  runs: RunStorePort;
  egress: EgressPort;
  checks: CheckPort;
  notices: NoticePort;
  proof: ProofPort;
  secrets?: SecretPort;
}

export type ActingDueStep<K extends RenderedStep['kind']> = Extract<DueStep, { kind: 'act' }> & {
  rendered: Extract<RenderedStep, { kind: K }>;
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

/** For an activity that executes a step of one of these kinds. A step that the record skips ends here. */
export async function actingStep<K extends RenderedStep['kind']>(
  ports: Pick<RunbookPorts, 'runs'>,
  at: StepAt,
  kinds: readonly K[],
): Promise<
  { run: LoadedRun; due: ActingDueStep<K>; passed: null } | { run: LoadedRun; due: null; passed: StepStatus }
> {
  const { run, due } = await loadDueStep(ports, at);
  if (due.kind === 'pass') return { run, due: null, passed: await pass(ports, at, due) };
  if (!isOf(due, kinds))
    throw refuse(`${at.step} is a step of kind ${due.rendered.kind}, not ${kinds.join(' or ')}`);
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

const isOf = <K extends RenderedStep['kind']>(
  due: Extract<DueStep, { kind: 'act' }>,
  kinds: readonly K[],
): due is ActingDueStep<K> => kinds.some((kind) => kind === due.rendered.kind);

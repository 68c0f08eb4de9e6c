/** One attempt of a step that does something. What it does is read from the record; the caller says which step, no more. */
import { ApplicationFailure } from '@temporalio/common';
import { collectOutputs } from '../domain/runbook/expressions.js';
import { type PinnedRun, scopeOf } from '../domain/runbook/turn.js';
import { fillSecrets } from './fill-secrets.js';
import { type LateEnd, proven } from './late-end.js';
import type { StepAt, StepEnd, StepStanding } from './ports.js';
import { actingTurn, type RunbookPorts } from './run-turn.js';
import { type Attempt, attemptCheck, attemptHttp, attemptNotify, type DoingStep } from './runbook-steps.js';
import { capResult, outputsTooLong, sentence, withoutSecrets } from './step-result.js';

/** `unrecorded`: done, but the record could not be written; the caller has it written for as long as it takes. */
export type DoneStep =
  | { kind: 'ended'; standing: StepStanding }
  | { kind: 'unrecorded'; late: LateEnd }
  | { kind: 'stopped'; reason: string };

export async function doStep(ports: RunbookPorts, at: StepAt): Promise<DoneStep> {
  const { run, turn, passed } = await beforeActing(() => actingTurn(ports, at, ['http', 'check', 'notify']));
  if (turn === null) return { kind: 'ended', standing: passed };
  const claim = await beforeActing(() => ports.runs.claim(at));
  if (claim.kind === 'ended') return claim;
  if (claim.kind === 'stop') return { kind: 'stopped', reason: claim.reason };
  if (claim.kind === 'waits_for_people') {
    throw failure(ports, at, { state: 'failed', text: `The run waits for people at ${claim.step}` }, true);
  }
  const { rendered, simulated, step } = turn;
  if (simulated)
    return record(ports, at, {
      state: 'succeeded',
      text: `simulated ${rendered.kind}`,
      result: { simulated: true },
    });
  return attempt(ports, at, run, rendered, step.outputs ?? {});
}

async function attempt(
  ports: RunbookPorts,
  at: StepAt,
  run: PinnedRun,
  rendered: DoingStep,
  outputs: Record<string, string>,
): Promise<DoneStep> {
  const { step, values } = await beforeActing(() => fillSecrets(rendered, ports.secrets)).catch(
    (error: unknown) => {
      if (!(error instanceof ApplicationFailure) || error.type !== 'StepFailed') throw error;
      throw failure(ports, at, { state: 'failed', text: sentence(error.message) }, true);
    },
  );
  const made = await act(ports, at, step);
  const text = textOf(made, values);
  const result = capResult(withoutSecrets(made.result, values) as Record<string, unknown>);
  if (made.kind === 'succeeded')
    return record(ports, at, withOutputs({ state: 'succeeded', text, result }, outputs, run));

  const seen = await ports.runs.noteAttempt(at, { result, error: text }).then(
    () => '',
    () => ' (its answer could not be kept)',
  );
  const state = made.kind === 'timed_out' ? 'timed_out' : 'failed';
  throw failure(ports, at, { state, text: `${text}${seen}` }, made.kind === 'failed' && made.final);
}

/** Characters of an answer that go with a failure. */
const SAID_LIMIT = 120;

/** Hidden first, cut then: half a secret is not recognised as one. */
function textOf(made: Attempt, values: readonly string[]): string {
  const said = made.kind === 'failed' ? made.said : undefined;
  const [text, more] = withoutSecrets([made.text, said ?? ''], values) as [string, string];
  return sentence(said === undefined ? text : `${text}: ${more.slice(0, SAID_LIMIT)}`);
}

function act(ports: RunbookPorts, at: StepAt, step: DoingStep): Promise<Attempt> {
  switch (step.kind) {
    case 'http':
      return attemptHttp(ports.egress, at, step.call, step.timeoutMs);
    case 'check':
      return attemptCheck(ports.checks, step.check, step.timeoutMs);
    case 'notify':
      return beforeActing(() => attemptNotify(ports.notices, at, step.notify));
  }
}

/** Temporal repeats it as the step's `retry` says; the last one's end is what the workflow has recorded. */
function failure(ports: RunbookPorts, at: StepAt, end: StepEnd, nonRetryable: boolean): ApplicationFailure {
  return ApplicationFailure.create({
    message: end.text,
    type: end.state === 'timed_out' ? 'StepTimedOut' : 'StepFailed',
    nonRetryable,
    details: [proven(ports.proof, at, end)],
  });
}

/** Nothing has been done yet, so this attempt must not count: the workflow calls again when the record is back. */
async function beforeActing<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    throw ApplicationFailure.create({
      message: 'The record could not be reached before the step began',
      type: 'RecordUnavailable',
      nonRetryable: true,
      cause: error instanceof Error ? error : undefined,
    });
  }
}

/** `outputs` over the redacted result. What cannot be made fails the step for good: doing it again would not help. */
function withOutputs(end: StepEnd, declared: Record<string, string>, run: PinnedRun): StepEnd {
  try {
    const outputs = collectOutputs(declared, { ...scopeOf(run), result: end.result });
    const problem = outputsTooLong(outputs);
    return problem === undefined
      ? { ...end, outputs }
      : { ...end, state: 'failed', text: sentence(`${end.text}, but ${problem}`) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...end, state: 'failed', text: sentence(`${end.text}, but ${why}`) };
  }
}

async function record({ runs, proof }: RunbookPorts, at: StepAt, end: StepEnd): Promise<DoneStep> {
  try {
    return { kind: 'ended', standing: await runs.finishStep(at, end) };
  } catch {
    // Failing now would do the step again. The result itself stays out of the workflow's history.
    const { result: _result, ...small } = end;
    return { kind: 'unrecorded', late: proven(proof, at, small) };
  }
}

/** One attempt of a step with an effect. The step's content is read from the record; the caller only names the step. */
import { ApplicationFailure } from '@temporalio/common';
import { collectOutputs } from '../domain/runbook/expressions.js';
import { type PinnedRun, scopeOf } from '../domain/runbook/due-step.js';
import { fillSecrets } from './fill-secrets.js';
import { type LateEnd, proven } from './late-end.js';
import type { StepAt, StepEnd, StepStatus } from '../ports/runbook.js';
import type { Attempt } from '../ports/step.js';
import { effectOf, type RenderedEffect } from '../steps/effects.js';
import { actingStep, type RunbookPorts } from './run-due-step.js';
import { capResult, outputsTooLong, sentence, withoutSecrets } from './step-result.js';

/** `unrecorded`: executed, but the record could not be written; the caller retries the write without limit. */
export type DoneStep =
  | { kind: 'ended'; status: StepStatus }
  | { kind: 'unrecorded'; late: LateEnd }
  | { kind: 'stopped'; reason: string };

export async function doStep(ports: RunbookPorts, at: StepAt): Promise<DoneStep> {
  const { run, due, passed } = await beforeActing(() => actingStep(ports, at, ['effect']));
  if (due === null) return { kind: 'ended', status: passed };
  const claim = await beforeActing(() => ports.runs.claim(at));
  if (claim.kind === 'ended') return claim;
  if (claim.kind === 'stop') return { kind: 'stopped', reason: claim.reason };
  if (claim.kind === 'waits_for_people') {
    throw failure(ports, at, { state: 'failed', text: `The run waits for people at ${claim.step}` }, true);
  }
  const { rendered, simulated, step } = due;
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
  rendered: RenderedEffect,
  outputs: Record<string, string>,
): Promise<DoneStep> {
  const { step, values } = await beforeActing(() =>
    fillSecrets(rendered, effectOf(rendered), ports.secrets),
  ).catch((error: unknown) => {
    if (!(error instanceof ApplicationFailure) || error.type !== 'StepFailed') throw error;
    throw failure(ports, at, { state: 'failed', text: sentence(error.message) }, true);
  });
  const made = await act(ports, at, step);
  const text = textOf(made, values);
  const result = capResult(withoutSecrets(made.result, values) as Record<string, unknown>);
  if (made.kind === 'succeeded')
    return record(ports, at, withOutputs({ state: 'succeeded', text, result }, outputs, run));

  const seen = await ports.runs.noteAttempt(at, { result, error: text }).then(
    () => '',
    () => ' (its response could not be stored)',
  );
  const state = made.kind === 'timed_out' ? 'timed_out' : 'failed';
  throw failure(ports, at, { state, text: `${text}${seen}` }, made.kind === 'failed' && made.final);
}

/** Characters of a response that are included in a failure text. */
const RESPONSE_LIMIT = 120;

/** Redacted before it is cut, because half a secret is no longer recognised. */
function textOf(made: Attempt, values: readonly string[]): string {
  const said = made.kind === 'failed' ? made.said : undefined;
  const [text, more] = withoutSecrets([made.text, said ?? ''], values) as [string, string];
  return sentence(said === undefined ? text : `${text}: ${more.slice(0, RESPONSE_LIMIT)}`);
}

function act(ports: RunbookPorts, at: StepAt, step: RenderedEffect): Promise<Attempt> {
  const effect = effectOf(step);
  const attemptOnce = () => effect.attempt(ports, step, at, `${at.runId}/${at.step}/${at.execution}`);
  return effect.writesRecord === true ? beforeActing(attemptOnce) : attemptOnce();
}

/** Temporal retries it as the step's `retry` states; the workflow records the end of the last attempt. */
function failure(ports: RunbookPorts, at: StepAt, end: StepEnd, nonRetryable: boolean): ApplicationFailure {
  return ApplicationFailure.create({
    message: end.text,
    type: end.state === 'timed_out' ? 'StepTimedOut' : 'StepFailed',
    nonRetryable,
    details: [proven(ports.proof, at, end)],
  });
}

/** The step has not been started, so this attempt must not count: the workflow calls again when the record is reachable. */
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

/** Evaluates `outputs` over the redacted result. An error fails the step permanently, because a retry would not help. */
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
    return { kind: 'ended', status: await runs.finishStep(at, end) };
  } catch {
    // A failure here would repeat the step. The result itself stays out of the workflow's history.
    const { result: _result, ...small } = end;
    return { kind: 'unrecorded', late: proven(proof, at, small) };
  }
}

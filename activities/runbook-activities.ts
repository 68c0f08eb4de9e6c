/**
 * The effects of a runbook run. Each re-reads the run before it acts, since signals are hints (security.md §1), and is told
 * what is true when somebody was faster. Doing runs on the queue `runbook`.
 */
import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { ApprovalAsk, RunState } from '../domain/runbook/definition.js';
import { collectOutputs, type TemplateScope } from '../domain/runbook/expressions.js';
import type { RunStanding } from '../domain/runbook/standing.js';
import { fillSecrets } from './fill-secrets.js';
import type {
  CheckPort,
  EgressPort,
  LoadedRun,
  NoticePort,
  RunStorePort,
  SecretPort,
  StepAt,
  StepClaim,
  StepEnd,
  StepStanding,
} from './ports.js';
import { type Attempt, attemptCheck, attemptHttp, attemptNotify, type DoingStep } from './runbook-steps.js';
import { capResult, outputsTooLong, sentence, withoutSecrets } from './step-result.js';

export interface RunbookPorts {
  runs: RunStorePort;
  egress: EgressPort;
  checks: CheckPort;
  notices: NoticePort;
  secrets?: SecretPort;
}

export interface DoStep {
  at: StepAt;
  rendered: DoingStep;
  simulated: boolean;
  outputs: Record<string, string>;
  scope: TemplateScope;
}

/** `unrecorded`: done, but the record could not be written; the caller writes it for as long as it takes. */
export type DoneStep =
  | { kind: 'ended'; standing: StepStanding }
  | { kind: 'unrecorded'; end: StepEnd }
  | { kind: 'stopped'; reason: string };

export const createRunbookActivities = (ports: RunbookPorts) => {
  const { runs } = ports;
  return {
    async loadRun({ runId }: { runId: string }): Promise<LoadedRun> {
      const run = await runs.load(runId);
      if (run === null) throw ApplicationFailure.nonRetryable(`No run ${runId}`, 'RunNotFound');
      return run;
    },

    /** One attempt. Fails as `StepFailed` or `StepTimedOut`; Temporal repeats it as the step's `retry` says. */
    doStep: (request: DoStep): Promise<DoneStep> => doStep(ports, request),

    /** For steps whose doing is the workflow's own: a wait. */
    beginStep: ({ at }: { at: StepAt }): Promise<StepClaim> => runs.claim(at),

    finishStep: ({ at, end }: { at: StepAt; end: StepEnd }): Promise<StepStanding> =>
      runs.finishStep(at, end),

    waitForStep: ({ at, text }: { at: StepAt; text: string }): Promise<StepStanding> =>
      runs.waitForStep(at, text),

    requestApproval({
      at,
      ask,
      content,
      expiresInMs,
    }: {
      at: StepAt;
      ask: ApprovalAsk;
      content: string;
      expiresInMs: number | null;
    }) {
      const digest = createHash('sha256').update(content).digest('hex');
      return runs.requestApproval(at, { ask, content, digest, expiresInMs });
    },

    standing: ({ at, expire }: { at: StepAt; expire: boolean }): Promise<StepStanding> =>
      runs.standing(at, expire),

    runStanding: (run: { incidentId: string; runId: string }): Promise<RunStanding> => runs.runStanding(run),

    escalateIncident: ({ at, reason }: { at: StepAt; reason: string }): Promise<void> =>
      runs.escalate(at, reason),

    finishRun: (run: { incidentId: string; runId: string; state: RunState }): Promise<void> =>
      runs.finishRun(run),
  };
};

export type RunbookActivities = ReturnType<typeof createRunbookActivities>;

async function doStep(
  ports: RunbookPorts,
  { at, rendered, simulated, outputs, scope }: DoStep,
): Promise<DoneStep> {
  const claim = await beforeActing(() => ports.runs.claim(at));
  if (claim.kind === 'ended') return claim;
  if (claim.kind === 'stop') return { kind: 'stopped', reason: claim.reason };
  if (claim.kind === 'waits_for_people') {
    throw ApplicationFailure.nonRetryable(`The run waits for people at ${claim.step}`, 'StepFailed');
  }
  if (simulated)
    return record(ports, at, {
      state: 'succeeded',
      text: `simulated ${rendered.kind}`,
      result: { simulated: true },
    });

  const { step, values } = await beforeActing(() => fillSecrets(rendered, ports.secrets));
  const attempt = await act(ports, at, step);
  const text = textOf(attempt, values);
  const result = capResult(withoutSecrets(attempt.result, values) as Record<string, unknown>);
  if (attempt.kind === 'succeeded')
    return record(ports, at, withOutputs({ state: 'succeeded', text, result }, outputs, scope));

  const seen = await ports.runs.noteAttempt(at, { result, error: text }).then(
    () => '',
    () => ' (its answer could not be kept)',
  );
  const failure = {
    message: `${text}${seen}`,
    type: attempt.kind === 'timed_out' ? 'StepTimedOut' : 'StepFailed',
  };
  throw ApplicationFailure.create({ ...failure, nonRetryable: attempt.kind === 'failed' && attempt.final });
}

/** Characters of an answer that go with a failure. */
const SAID_LIMIT = 120;

/** Hidden first, cut then: half a secret is not recognised as one. */
function textOf(attempt: Attempt, values: readonly string[]): string {
  const said = attempt.kind === 'failed' ? attempt.said : undefined;
  const [text, more] = withoutSecrets([attempt.text, said ?? ''], values) as [string, string];
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
function withOutputs(end: StepEnd, declared: Record<string, string>, scope: TemplateScope): StepEnd {
  try {
    const outputs = collectOutputs(declared, { ...scope, result: end.result });
    const problem = outputsTooLong(outputs);
    return problem === undefined
      ? { ...end, outputs }
      : { ...end, state: 'failed', text: sentence(`${end.text}, but ${problem}`) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...end, state: 'failed', text: sentence(`${end.text}, but ${why}`) };
  }
}

async function record({ runs }: RunbookPorts, at: StepAt, end: StepEnd): Promise<DoneStep> {
  try {
    return { kind: 'ended', standing: await runs.finishStep(at, end) };
  } catch {
    // Failing now would do the step again. The result itself stays out of the workflow's history.
    const { result: _result, ...small } = end;
    return { kind: 'unrecorded', end: small };
  }
}

/** Whose turn it is in a run, read from the record: what every activity of a run begins with. */
import { ApplicationFailure } from '@temporalio/common';
import type { RenderedStep } from '../domain/runbook/render-step.js';
import { type Turn, turnOf } from '../domain/runbook/turn.js';
import type {
  CheckPort,
  EgressPort,
  LoadedRun,
  NoticePort,
  ProofPort,
  RunStorePort,
  SecretPort,
  StepAt,
  StepStanding,
} from './ports.js';

export interface RunbookPorts {
  runs: RunStorePort;
  egress: EgressPort;
  checks: CheckPort;
  notices: NoticePort;
  proof: ProofPort;
  secrets?: SecretPort;
}

export type ActingTurn<K extends RenderedStep['kind']> = Extract<Turn, { kind: 'act' }> & {
  rendered: Extract<RenderedStep, { kind: K }>;
};

const refuse = (message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, 'NotOfRecord');

export async function loadRun({ runs }: Pick<RunbookPorts, 'runs'>, runId: string): Promise<LoadedRun> {
  const run = await runs.load(runId);
  if (run === null) throw ApplicationFailure.nonRetryable(`No run ${runId}`, 'RunNotFound');
  return run;
}

export async function loadTurn(
  ports: Pick<RunbookPorts, 'runs'>,
  at: StepAt,
): Promise<{ run: LoadedRun; turn: Turn }> {
  const run = await loadRun(ports, at.runId);
  if (run.incidentId !== at.incidentId) throw refuse(`Run ${at.runId} is not of incident ${at.incidentId}`);
  const turn = turnOf(run, at.step);
  if (turn === null) throw refuse(`Run ${at.runId} has no step ${at.step}`);
  return { run, turn };
}

/** For an activity that does or asks: of one of these kinds only. What the record says is passed over ends here. */
export async function actingTurn<K extends RenderedStep['kind']>(
  ports: Pick<RunbookPorts, 'runs'>,
  at: StepAt,
  kinds: readonly K[],
): Promise<
  { run: LoadedRun; turn: ActingTurn<K>; passed: null } | { run: LoadedRun; turn: null; passed: StepStanding }
> {
  const { run, turn } = await loadTurn(ports, at);
  if (turn.kind === 'pass') return { run, turn: null, passed: await pass(ports, at, turn) };
  if (!isOf(turn, kinds))
    throw refuse(`${at.step} is a step of kind ${turn.rendered.kind}, not ${kinds.join(' or ')}`);
  return { run, turn, passed: null };
}

/** Ends a step that is not done, as the record says why; one that has ended or is not next stays as it is. */
export async function pass(
  { runs }: Pick<RunbookPorts, 'runs'>,
  at: StepAt,
  { state, text }: Extract<Turn, { kind: 'pass' }>,
): Promise<StepStanding> {
  const standing = await runs.standing(at);
  const isNext = standing.run === 'going' && at.execution === standing.execution + 1;
  return isNext ? runs.finishStep(at, { state, text: inShort(text) }) : standing;
}

/** Characters of a sentence that becomes part of an event. */
const TEXT_LIMIT = 300;

const inShort = (text: string): string =>
  text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT - 1)}…` : text;

const isOf = <K extends RenderedStep['kind']>(
  turn: Extract<Turn, { kind: 'act' }>,
  kinds: readonly K[],
): turn is ActingTurn<K> => kinds.some((kind) => kind === turn.rendered.kind);

/** Simulations and back-tests in a worker thread (`policies.service.ts`): the author of a condition decides what it costs. */
import { answerJobs } from '../../shared/thread.js';
import { fromPlain, type PlainSnapshot } from '../common/plain-snapshot.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { mediansOf, type Replayed, replay, type Replaying } from '../../domain/escalation/backtest.js';
import { totals } from '../../domain/escalation/measure.js';
import { openedOf, type PastIncident } from '../../domain/escalation/past-incident.js';
import type { ResolveAt } from '../../domain/escalation/rehearse.js';
import { simulate, type SimulateInput, type Simulation } from '../../domain/escalation/simulate.js';
import type { RotationPositions } from '../../domain/oncall/round-robin.js';
import { resolveTargets } from '../../domain/oncall/targets.js';

export type RehearsalJob =
  | { kind: 'simulate'; snapshot: PlainSnapshot; input: Omit<SimulateInput, 'snapshot' | 'resolve'> }
  | {
      kind: 'backtest';
      snapshot: PlainSnapshot;
      /** Newest first. */
      past: PastIncident[];
      replaying: Pick<Replaying, 'policy' | 'team' | 'assumed'>;
    };

export type RehearsalAnswer =
  { kind: 'simulate'; simulation: Simulation } | ({ kind: 'backtest' } & ReturnType<typeof backtest>);

const resolve: ResolveAt = (targets, at, where) => resolveTargets(targets, where.snapshot, at, where);

answerJobs((job: RehearsalJob): RehearsalAnswer => {
  const snapshot = fromPlain(job.snapshot);
  return job.kind === 'simulate'
    ? { kind: 'simulate', simulation: simulate({ ...job.input, snapshot, resolve }) }
    : { kind: 'backtest', ...backtest(job.past, snapshot, job.replaying) };
});

function backtest(
  past: readonly PastIncident[],
  snapshot: ConfigSnapshot,
  replaying: Pick<Replaying, 'policy' | 'team' | 'assumed'>,
) {
  const shared = { ...replaying, snapshot, medians: mediansOf(past), resolve };
  const replayed: { past: PastIncident; result: Replayed }[] = [];
  let positions: RotationPositions = new Map();
  // Oldest first: each incident continues the rotations where the one before left them.
  for (const one of past.toReversed()) {
    const result = replay(one, { ...shared, positions });
    positions = result.positions;
    replayed.unshift({ past: one, result });
  }
  return {
    totals: {
      before: totals(replayed.map(({ result }) => result.before)),
      after: totals(replayed.map(({ result }) => result.after)),
    },
    items: replayed.map(({ past: one, result }) => itemOf(one, result)),
  };
}

function itemOf(past: PastIncident, { before, after, assumptions, byHand }: Replayed) {
  const { at, data } = openedOf(past);
  const { number, title, service, priority, drill } = data;
  return {
    id: past.id,
    number,
    title,
    service,
    priority,
    at,
    drill: drill !== null,
    before,
    after,
    assumptions: assumptions.map(({ person, afterMs, because }) => ({
      person,
      seconds: afterMs === null ? null : Math.round(afterMs / 1000),
      because,
    })),
    byHand,
  };
}

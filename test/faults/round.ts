/** Cases with the same fault, all in flight at once: each in its own phase when the fault comes. */
import { setTimeout as pause } from 'node:timers/promises';
import { sealAudit } from '../../db/audit/audit-seal.js';
import { auditRecord, type Breach } from '../../db/invariants/audit-record.js';
import { applyFault, endFault, prepareFault } from './apply-fault.js';
import { CaseRun } from './case-run.js';
import { type FaultCase, nameOf } from './cases.js';
import { isShared, type Phase } from './cells.js';
import { PATIENCE_MS } from './poll.js';
import type { Stack } from './stack.js';
import { scheduledSlots, type Slot, slots } from './slots.js';

export interface Outcome {
  one: FaultCase;
  /** False: the fault could not be injected, and the case proves nothing. */
  isPlaced: boolean;
  breaches: Breach[];
  /** Messages that arrived a second time, marked as possible repeats. */
  repeats: number;
}

/** These phases take time to reach; the others would leave their phase while they wait for them. */
const slow: readonly Phase[] = ['F9', 'F12', 'F13'];

let turn = 0;
let attempts = 0;

/** Resolves with one outcome per case; a failed case does not end the round. */
export async function runRound(stack: Stack, cases: readonly FaultCase[]): Promise<Outcome[]> {
  const [first] = cases;
  if (first === undefined) return [];
  const shared = isShared(first.fault) ? first.fault : null;
  const runs = cases.map((one) => new CaseRun(stack, one, slotFor(one), attempts));
  attempts += 1;
  if (shared !== null) await prepareFault(stack, shared);
  const placing = new Map<CaseRun, Promise<unknown>>();
  const place = async (chosen: CaseRun[]): Promise<void> => {
    for (const run of chosen) {
      const failure = run.bringToPhase().then(
        () => null,
        (error: unknown) => error,
      );
      placing.set(run, failure);
    }
    for (const run of chosen) await placing.get(run);
  };
  const isSlow = (run: CaseRun): boolean => slow.includes(run.one.phase);
  await place(runs.filter(isSlow));
  await place(runs.filter((run) => !isSlow(run)));
  const { cutMs, isSilent, jitterMs } = first.plan;
  if (shared !== null) {
    await pause(jitterMs);
    const release = (): void => runs.forEach((run) => run.release());
    const finishing = runs.map((run) => finish(run, placing));
    await applyFault(stack, shared, { cutMs, isSilent, release });
    const outcomes = await Promise.all(finishing);
    const audited = await withAudit(stack, outcomes);
    await endFault(stack, shared);
    return audited;
  }
  const outcomes = await Promise.all(
    runs.map(async (run) => {
      await pause(run.one.plan.jitterMs);
      const injecting = run.inject();
      const injected = injecting.then(
        () => [],
        (error: unknown): Breach[] => [
          {
            invariant: 'strike',
            says: 'nobody minds a repeat',
            subject: nameOf(run.one),
            detail: textOf(error),
          },
        ],
      );
      const outcome = await finish(run, placing);
      return { ...outcome, breaches: [...outcome.breaches, ...(await injected)] };
    }),
  );
  return withAudit(stack, outcomes);
}

async function finish(run: CaseRun, placing: ReadonlyMap<CaseRun, Promise<unknown>>): Promise<Outcome> {
  const { one } = run;
  const failure = await placing.get(run);
  const breaches: Breach[] = [];
  if (failure === null) {
    try {
      breaches.push(...(await run.finish()));
    } catch (error) {
      breaches.push({
        invariant: 'end',
        says: 'the case comes to its end',
        subject: nameOf(one),
        detail: textOf(error),
      });
    }
  } else {
    breaches.push({
      invariant: 'place',
      says: 'the fault can be placed',
      subject: nameOf(one),
      detail: textOf(failure),
    });
  }
  await run.dispose();
  const seen = run.stack.provider.seen(run.key).filter(({ rang }) => rang);
  return {
    one,
    isPlaced: failure === null,
    breaches,
    repeats: seen.filter(({ possibleDuplicate }) => possibleDuplicate).length,
  };
}

/** Audits the whole record when all cases are over; a breach is reported with the round's first case. */
async function withAudit(stack: Stack, outcomes: Outcome[]): Promise<Outcome[]> {
  const { dataSource } = stack.second.store;
  // The clock has jumped, so entries written seconds ago may look old without their seal.
  await sealAudit(dataSource);
  const found = await auditRecord(dataSource, {
    withinMs: 400 * 86_400_000,
    timeLimitMs: PATIENCE_MS,
  }).catch((error: unknown): Breach[] => [
    { invariant: 'audit', says: 'the record can be audited', subject: 'record', detail: textOf(error) },
  ]);
  const news = found.filter(({ subject, detail }) => !told.has(`${subject} ${detail}`));
  for (const { subject, detail } of news) told.add(`${subject} ${detail}`);
  const [first, ...rest] = outcomes;
  if (first === undefined || news.length === 0) return outcomes;
  return [{ ...first, breaches: [...first.breaches, ...news] }, ...rest];
}

/** A breach stays on record; it is reported once. */
const told = new Set<string>();

function slotFor({ fault }: FaultCase): Slot {
  const list =
    fault === 'dst-autumn' ? scheduledSlots.autumn : fault === 'dst-spring' ? scheduledSlots.spring : slots;
  const slot = list[turn % list.length];
  turn += 1;
  if (slot === undefined) throw new Error('there are no slots');
  return slot;
}

const textOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 2_500);

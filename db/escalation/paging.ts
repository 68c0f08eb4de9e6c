/**
 * Pages one escalation step: plan, record, ledger rows and the leases of the first attempts in one transaction. The
 * workflow's activity and the break-glass pager call the same function, so both write the same rows with the same
 * keys.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { pausePoint } from '../../shared/pause-points.js';
import { asCalled } from '../../domain/escalation/called-policies.js';
import { planPage, type PagePlan } from '../../domain/escalation/plan-page.js';
import { stepCondition } from '../../domain/escalation/step-facts.js';
import { dueWork } from '../../domain/incident/deadline.js';
import type { Actor, IncidentState, StepRef } from '../../domain/incident/state.js';
import { findEscalation, isPaging, nextStepRef, isSameStep } from '../../domain/incident/escalations.js';
import { listKeysOf } from '../../domain/oncall/round-robin.js';
import { resolveTargets } from '../../domain/oncall/targets.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { type LockedIncident, lockIncident } from '../incident/incident-row.js';
import type { Ledger, PlannedDelivery } from '../delivery/ledger.js';
import { readEvents, type Recorder, type RecordOutcome } from '../incident/record.js';
import { lockPositions, movePositions } from './round-robin.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';

export interface PageRequest {
  incidentId: string;
  escalation: string;
  due: StepRef;
  actor: Actor;
  tellWorkflow: boolean;
  afterSeq: number;
  /** Name of the process that makes the first attempts. */
  sender: string;
  /** The break-glass pager calls, because no worker did. */
  breakGlass?: boolean;
}

export type PageOutcome = { outcome: RecordOutcome; leases: string[] };

export class Paging {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly ledger: Ledger,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  async page(request: PageRequest): Promise<PageOutcome> {
    await pausePoint('F4', { incident: request.incidentId, ...request.due });
    return retryingTransaction(this.dataSource, async (tx) => {
      const locked = await lockIncident(tx, request.incidentId);
      if (locked === null) return { outcome: { kind: 'not_found' }, leases: [] };
      if (isEarly(locked, request) && !(await clockWentBack(tx, locked))) {
        const events = await readEvents(tx, request.incidentId, request.afterSeq);
        const detail = `${request.escalation} owes step ${request.due.step} later by the record's clock`;
        return {
          outcome: { kind: 'refused', code: 'not_due', detail, state: locked.state, events },
          leases: [],
        };
      }
      const plan = await this.planFor(tx, locked, request);
      const silenced = await silencedPeople(tx, locked.state);
      const deliveries = plan.paged === null ? [] : toDeliveries(request.escalation, plan.paged, silenced);
      const outcome = await this.recorder.recordLocked(tx, locked, {
        incidentId: request.incidentId,
        actor: request.actor,
        tellWorkflow: request.tellWorkflow,
        afterSeq: request.afterSeq,
        command: {
          type: 'page',
          escalation: request.escalation,
          due: request.due,
          reason: reasonOf(locked.state, request),
          skipped: plan.skipped,
          paged:
            plan.paged === null
              ? null
              : {
                  ...withoutPages(plan.paged),
                  deliveries: deliveries.length,
                  ...(request.breakGlass === true ? { breakGlass: true } : {}),
                },
        },
      });
      // A refused page (another caller was faster, or the call is a repeat) does not advance the rotation.
      if (outcome.kind === 'accepted' && plan.paged !== null)
        await movePositions(tx, plan.paged.positions, {
          isDrill: locked.state.drill !== null,
          now: locked.now,
        });
      const leases =
        outcome.kind === 'accepted'
          ? await this.ledger.plan(tx, request.incidentId, locked.now, deliveries, {
              sender: request.sender,
              priority: outcome.state.priority,
              isDrill: outcome.state.drill !== null,
            })
          : await this.ownLeases(tx, request);
      return { outcome, leases };
    });
  }

  private async planFor(tx: EntityManager, locked: LockedIncident, request: PageRequest): Promise<PagePlan> {
    const escalation = locked.response.escalations.find((candidate) => candidate.name === request.escalation);
    if (escalation === undefined || !isDue(locked.state, request)) return { skipped: [], paged: null };
    const snapshot = asCalled(await this.snapshots.at(tx, locked.configVersion), escalation);
    const positions = await lockPositions(
      tx,
      listKeysOf(escalation.policy, snapshot),
      locked.state.drill !== null,
    );
    return planPage({
      escalation,
      due: request.due,
      urgency: locked.response.urgency,
      now: locked.now,
      snapshot,
      resolve: (targets, where) => resolveTargets(targets, snapshot, locked.now, { ...where, positions }),
      condition: stepCondition(locked.state, snapshot, escalation.team, locked.now),
      answered: findEscalation(locked.state, escalation.name)?.answers ?? [],
      named: findEscalation(locked.state, escalation.name)?.named ?? null,
    });
  }

  /**
   * A repeated call (its first result was lost) finds the rows that it leased, and sends them if no other sender has.
   */
  private async ownLeases(
    tx: EntityManager,
    { incidentId, sender, escalation, due }: PageRequest,
  ): Promise<string[]> {
    const rows: { lease: string }[] = await tx.query(
      `SELECT d.lease FROM delivery d JOIN delivery_attempt a ON a.delivery_id = d.id AND a.n = d.attempts
        WHERE d.incident_id = $1 AND d.state = 'sending' AND d.attempts = 1 AND a.sender = $2 AND d.escalation = $3
          AND d.cycle = $4 AND d.step >= $5 AND a.outcome IS NULL AND d.lease_until > tocsin_now()`,
      [incidentId, sender, escalation, due.cycle, due.step],
    );
    return rows.map((row) => row.lease);
  }
}

/** Avoids planning an escalation step that the record would refuse; `decide` has the final say. */
function isDue(state: IncidentState, { escalation: name, due }: PageRequest): boolean {
  const escalation = findEscalation(state, name);
  if (escalation === undefined || !isPaging(state, escalation)) return false;
  const next = nextStepRef(escalation, escalation);
  return isSameStep(escalation, due) || (next !== null && isSameStep(next, due));
}

/**
 * Database time decides (docs/reliability.md R14): a caller whose clock runs ahead would rush through the whole
 * policy.
 */
const EARLY_MS = 1_000;

function isEarly({ state, response, now }: LockedIncident, { escalation, due }: PageRequest): boolean {
  const dueStep = dueWork(state, response.settleMs).find(
    (work) => work.type === 'page' && work.escalation === escalation && isSameStep(work.due, due),
  );
  if (dueStep !== undefined) return Date.parse(dueStep.at) - Date.parse(now) > EARLY_MS;
  // A step without a timer: a caller that requests the step after it has no deadline to prove.
  const at = findEscalation(state, escalation);
  const next = at === undefined ? null : nextStepRef(at, at);
  const isWaiting = at !== undefined && at.phase === 'waiting' && isPaging(state, at);
  return isWaiting && next !== null && isSameStep(next, due);
}

/** The reason is worded from the record: a caller's text would end up in the timeline. */
const reasonOf = (state: IncidentState, { escalation }: PageRequest): string => {
  const at = findEscalation(state, escalation);
  return at?.phase === 'waiting' ? `no answer at step ${at.step}` : 'due';
};

/**
 * A clock that was set back since the last event cannot tell when the next step is due: the caller's timer decides
 * then.
 */
async function clockWentBack(tx: EntityManager, { state, now }: LockedIncident): Promise<boolean> {
  const rows: unknown[] = await tx.query(
    'SELECT 1 FROM incident_event WHERE incident_id = $1 AND seq = $2 AND at > $3',
    [state.id, state.seq, now],
  );
  return rows.length > 0;
}

function withoutPages({ pages: _pages, positions: _turns, ...paged }: NonNullable<PagePlan['paged']>) {
  return paged;
}

/** A drill may rehearse that a person does not answer: their pages are recorded but not sent. */
async function silencedPeople(tx: EntityManager, state: IncidentState): Promise<string[]> {
  if (state.drill === null) return [];
  const rows: { silenced: string[] }[] = await tx.query('SELECT silenced FROM drill_run WHERE id = $1', [
    state.drill,
  ]);
  return rows[0]?.silenced ?? [];
}

function toDeliveries(
  escalation: string,
  paged: NonNullable<PagePlan['paged']>,
  silenced: string[],
): PlannedDelivery[] {
  return paged.pages.map(({ because, ...page }) => ({
    ...page,
    ...(silenced.includes(page.person) ? { suppressed: 'silenced by the drill' } : {}),
    type: 'page.requested',
    subject: { because },
    escalation,
    cycle: paged.cycle,
    step: paged.step,
  }));
}

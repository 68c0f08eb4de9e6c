/**
 * Paging one rung: plan, record, ledger rows and the lease of the first attempts in one transaction. The workflow's
 * activity and the break-glass pager call the same function, so both make the same rows with the same keys.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { pausePoint } from '../config/pause-points.js';
import type { DeliveryState } from '../domain/delivery/ledger.js';
import { isDeadStep } from '../domain/delivery/ledger.js';
import { asCalled } from '../domain/escalation/called-policies.js';
import { planPage, type PagePlan } from '../domain/escalation/plan-page.js';
import { stepCondition } from '../domain/escalation/step-facts.js';
import { dueWork } from '../domain/incident/deadline.js';
import type { Actor, IncidentState, Rung } from '../domain/incident/state.js';
import { findTrack, isPaging, nextRung, sameRung } from '../domain/incident/tracks.js';
import { placesOf } from '../domain/oncall/round-robin.js';
import { resolveTargets } from '../domain/oncall/targets.js';
import type { ConfigSnapshots } from './config-snapshot.js';
import { type LockedIncident, lockIncident } from './incident-row.js';
import type { Ledger, PlannedDelivery } from './ledger.js';
import { readEvents, type Recorder, type RecordOutcome } from './record.js';
import { lockTurns, moveTurns } from './round-robin.js';
import { retryingTransaction } from './retrying-transaction.js';

export interface PageRequest {
  incidentId: string;
  track: string;
  due: Rung;
  actor: Actor;
  tellWorkflow: boolean;
  afterSeq: number;
  /** Name of the process that will make the first attempts. */
  sender: string;
  /** The pager asks, because nobody else did. */
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
        const detail = `${request.track} owes step ${request.due.step} later by the record's clock`;
        return {
          outcome: { kind: 'refused', code: 'not_due', detail, state: locked.state, events },
          leases: [],
        };
      }
      const plan = await this.planFor(tx, locked, request);
      const silenced = await silencedPeople(tx, locked.state);
      const deliveries = plan.paged === null ? [] : toDeliveries(request.track, plan.paged, silenced);
      const outcome = await this.recorder.recordLocked(tx, locked, {
        incidentId: request.incidentId,
        actor: request.actor,
        tellWorkflow: request.tellWorkflow,
        afterSeq: request.afterSeq,
        command: {
          type: 'page',
          track: request.track,
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
      // A page that was refused (somebody was faster, the call was repeated) takes no turn.
      if (outcome.kind === 'accepted' && plan.paged !== null)
        await moveTurns(tx, plan.paged.turns, { isDrill: locked.state.drill !== null, now: locked.now });
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
    const track = locked.response.tracks.find((candidate) => candidate.name === request.track);
    if (track === undefined || !isDue(locked.state, request)) return { skipped: [], paged: null };
    const snapshot = asCalled(await this.snapshots.at(tx, locked.configVersion), track);
    const turns = await lockTurns(tx, placesOf(track.policy, snapshot), locked.state.drill !== null);
    return planPage({
      track,
      due: request.due,
      urgency: locked.response.urgency,
      now: locked.now,
      snapshot,
      resolve: (targets, where) => resolveTargets(targets, snapshot, locked.now, { ...where, turns }),
      condition: stepCondition(locked.state, snapshot, track.team, locked.now),
      answered: findTrack(locked.state, track.name)?.answers ?? [],
      named: findTrack(locked.state, track.name)?.named ?? null,
    });
  }

  /** A repeated call (its first answer was lost) finds the rows it leased and sends them, if nobody else has. */
  private async ownLeases(
    tx: EntityManager,
    { incidentId, sender, track, due }: PageRequest,
  ): Promise<string[]> {
    const rows: { lease: string }[] = await tx.query(
      `SELECT d.lease FROM delivery d JOIN delivery_attempt a ON a.delivery_id = d.id AND a.n = d.attempts
        WHERE d.incident_id = $1 AND d.state = 'sending' AND d.attempts = 1 AND a.sender = $2 AND d.track = $3
          AND d.cycle = $4 AND d.step >= $5 AND a.outcome IS NULL AND d.lease_until > tocsin_now()`,
      [incidentId, sender, track, due.cycle, due.step],
    );
    return rows.map((row) => row.lease);
  }

  /** Leaves every current step whose rows have all ended without reaching anybody (R5). */
  escalateDeadSteps(request: {
    incidentId: string;
    afterSeq: number;
    tellWorkflow: boolean;
  }): Promise<RecordOutcome> {
    const { incidentId, afterSeq, tellWorkflow } = request;
    return retryingTransaction(this.dataSource, async (tx) => {
      const locked = await lockIncident(tx, incidentId);
      if (locked === null) return { kind: 'not_found' };
      const rows: (Rung & { track: string; state: DeliveryState })[] = await tx.query(
        // A receipt's "failed" is final: nothing is due on that row any more. What another page carried fares as that one did.
        `SELECT d.track, d.cycle, d.step, CASE WHEN s.state = 'failed' AND s.due_at IS NULL AND s.reason IS NULL THEN 'exhausted'
                ELSE s.state END AS state
           FROM delivery d JOIN delivery s ON s.id = CASE WHEN d.state = 'suppressed' AND d.carrier IS NOT NULL THEN d.carrier ELSE d.id END
          WHERE d.incident_id = $1 AND d.type = 'page.requested' AND d.track IS NOT NULL`,
        [incidentId],
      );
      const dead = locked.state.tracks.find(
        (track) =>
          track.phase === 'waiting' &&
          isDeadStep(
            rows.filter((row) => row.track === track.name && sameRung(row, track)).map((row) => row.state),
          ),
      );
      if (dead === undefined)
        return { kind: 'unchanged', state: locked.state, events: await readEvents(tx, incidentId, afterSeq) };
      const reason = `nobody at step ${dead.step} could be reached`;
      const command = {
        type: 'leave_step',
        track: dead.name,
        rung: { cycle: dead.cycle, step: dead.step },
        reason,
      } as const;
      return this.recorder.recordLocked(tx, locked, {
        incidentId,
        actor: 'tocsin',
        tellWorkflow,
        afterSeq,
        command,
      });
    });
  }
}

/** Planning for a rung that the record will refuse is wasted work; `decide` stays the judge. */
function isDue(state: IncidentState, { track: name, due }: PageRequest): boolean {
  const track = findTrack(state, name);
  if (track === undefined || !isPaging(state, track)) return false;
  const next = nextRung(track, track);
  return sameRung(track, due) || (next !== null && sameRung(next, due));
}

/** The record's clock decides (R14): one that runs ahead of it elsewhere would rush through the whole policy. */
const EARLY_MS = 1_000;

function isEarly({ state, response, now }: LockedIncident, { track, due }: PageRequest): boolean {
  const owed = dueWork(state, response.settleMs).find(
    (work) => work.type === 'page' && work.track === track && sameRung(work.due, due),
  );
  if (owed !== undefined) return Date.parse(owed.at) - Date.parse(now) > EARLY_MS;
  // A step that nothing leads out of by itself: whoever asks for the one behind it has no timer to show.
  const at = findTrack(state, track);
  const next = at === undefined ? null : nextRung(at, at);
  const isWaiting = at !== undefined && at.phase === 'waiting' && isPaging(state, at);
  return isWaiting && next !== null && sameRung(next, due);
}

/** In the record's words: a caller's would stand in the timeline. */
const reasonOf = (state: IncidentState, { track }: PageRequest): string => {
  const at = findTrack(state, track);
  return at?.phase === 'waiting' ? `no answer at step ${at.step}` : 'due';
};

/** Set back since the last event was written, it says nothing about when the next is due: the asking timer does. */
async function clockWentBack(tx: EntityManager, { state, now }: LockedIncident): Promise<boolean> {
  const rows: unknown[] = await tx.query(
    'SELECT 1 FROM incident_event WHERE incident_id = $1 AND seq = $2 AND at > $3',
    [state.id, state.seq, now],
  );
  return rows.length > 0;
}

function withoutPages({ pages: _pages, turns: _turns, ...paged }: NonNullable<PagePlan['paged']>) {
  return paged;
}

/** A drill may rehearse that somebody does not answer: they are paged on paper only. */
async function silencedPeople(tx: EntityManager, state: IncidentState): Promise<string[]> {
  if (state.drill === null) return [];
  const rows: { silenced: string[] }[] = await tx.query('SELECT silenced FROM drill_run WHERE id = $1', [
    state.drill,
  ]);
  return rows[0]?.silenced ?? [];
}

function toDeliveries(
  track: string,
  paged: NonNullable<PagePlan['paged']>,
  silenced: string[],
): PlannedDelivery[] {
  return paged.pages.map(({ because, ...page }) => ({
    ...page,
    ...(silenced.includes(page.person) ? { suppressed: 'silenced by the drill' } : {}),
    type: 'page.requested',
    subject: { because },
    track,
    cycle: paged.cycle,
    step: paged.step,
  }));
}

/**
 * Paging one rung: plan, record, ledger rows and the lease of the first attempts in one transaction. The workflow's
 * activity and the break-glass pager call the same function, so both make the same rows with the same keys.
 */
import type { DataSource, EntityManager } from 'typeorm';
import type { DeliveryState } from '../domain/delivery/ledger.js';
import { isDeadStep } from '../domain/delivery/ledger.js';
import { planPage, type PagePlan } from '../domain/escalation/plan-page.js';
import type { Actor, IncidentState, Rung } from '../domain/incident/state.js';
import { findTrack, isPaging, nextRung, sameRung } from '../domain/incident/tracks.js';
import { resolveTargets } from '../domain/oncall/targets.js';
import { evaluateCondition } from '../domain/rules/condition.js';
import type { ConfigSnapshots } from './config-snapshot.js';
import { type LockedIncident, lockIncident } from './incident-row.js';
import type { Ledger, PlannedDelivery } from './ledger.js';
import type { Recorder, RecordOutcome } from './record.js';

export interface PageRequest {
  incidentId: string;
  track: string;
  due: Rung;
  reason: string;
  actor: Actor;
  tellWorkflow: boolean;
  afterSeq: number;
  /** Name of the process that will make the first attempts. */
  sender: string;
}

export type PageOutcome = { outcome: RecordOutcome; leases: string[] };

export class Paging {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly ledger: Ledger,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  page(request: PageRequest): Promise<PageOutcome> {
    return this.dataSource.transaction(async (tx) => {
      const locked = await lockIncident(tx, request.incidentId);
      if (locked === null) return { outcome: { kind: 'not_found' }, leases: [] };
      const plan = await this.planFor(tx, locked, request);
      const deliveries = plan.paged === null ? [] : toDeliveries(request.track, plan.paged);
      const outcome = await this.recorder.recordLocked(tx, locked, {
        incidentId: request.incidentId,
        actor: request.actor,
        tellWorkflow: request.tellWorkflow,
        afterSeq: request.afterSeq,
        command: {
          type: 'page',
          track: request.track,
          due: request.due,
          reason: request.reason,
          skipped: plan.skipped,
          paged: plan.paged === null ? null : { ...withoutPages(plan.paged), deliveries: deliveries.length },
        },
      });
      const leases =
        outcome.kind === 'accepted'
          ? await this.ledger.plan(tx, request.incidentId, locked.now, deliveries, request.sender)
          : await this.ownLeases(tx, request);
      return { outcome, leases };
    });
  }

  private async planFor(tx: EntityManager, locked: LockedIncident, request: PageRequest): Promise<PagePlan> {
    const track = locked.response.tracks.find((candidate) => candidate.name === request.track);
    if (track === undefined || !isDue(locked.state, request)) return { skipped: [], paged: null };
    const snapshot = await this.snapshots.at(tx, locked.configVersion);
    return planPage({
      track,
      due: request.due,
      urgency: locked.response.urgency,
      now: locked.now,
      snapshot,
      resolve: (targets) => resolveTargets(targets, snapshot, locked.now),
      condition: (expression) => evaluateCondition(expression, 'policy', { incident: conditionFacts(locked.state) }, true),
    });
  }

  /** A repeated call (its first answer was lost) finds the rows it leased and sends them, if nobody else has. */
  private async ownLeases(tx: EntityManager, { incidentId, sender, track, due }: PageRequest): Promise<string[]> {
    const rows: { lease: string }[] = await tx.query(
      `SELECT d.lease FROM delivery d JOIN delivery_attempt a ON a.delivery_id = d.id AND a.n = d.attempts
        WHERE d.incident_id = $1 AND d.state = 'sending' AND d.attempts = 1 AND a.sender = $2 AND d.track = $3
          AND d.cycle = $4 AND d.step >= $5 AND a.outcome IS NULL AND d.lease_until > tocsin_now()`,
      [incidentId, sender, track, due.cycle, due.step],
    );
    return rows.map((row) => row.lease);
  }

  /** True when every row of the track's current step has ended without reaching anybody. */
  async isDeadStep(incidentId: string, track: string, rung: Rung): Promise<boolean> {
    const rows: { state: DeliveryState }[] = await this.dataSource.query(
      `SELECT state FROM delivery WHERE incident_id = $1 AND track = $2 AND cycle = $3 AND step = $4 AND type = 'page.requested'`,
      [incidentId, track, rung.cycle, rung.step],
    );
    return isDeadStep(rows.map((row) => row.state));
  }
}

/** Planning for a rung that the record will refuse is wasted work; `decide` stays the judge. */
function isDue(state: IncidentState, { track: name, due }: PageRequest): boolean {
  const track = findTrack(state, name);
  if (track === undefined || !isPaging(state, track)) return false;
  const next = nextRung(track, track);
  return sameRung(track, due) || (next !== null && sameRung(next, due));
}

function withoutPages({ pages: _pages, ...paged }: NonNullable<PagePlan['paged']>) {
  return paged;
}

function toDeliveries(track: string, paged: NonNullable<PagePlan['paged']>): PlannedDelivery[] {
  return paged.pages.map(({ because, ...page }) => ({
    ...page,
    type: 'page.requested',
    subject: { because },
    track,
    cycle: paged.cycle,
    step: paged.step,
  }));
}

/** What a policy step's `if` may look at. */
export const conditionFacts = (state: IncidentState) => ({
  priority: state.priority,
  severity: state.severity,
  service: state.service ?? '',
  title: state.title,
  team: state.team,
  drill: state.drill !== null,
  alertsOpen: state.alertsOpen,
});

/** What one alert signal does to its alert and its incident, once `decideSignal` has said what it means. */
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { CoalescedStep } from '../domain/alert/coalesce-signals.js';
import {
  decideSignal,
  type KeyFacts,
  type Reason,
  type SignalDecision,
} from '../domain/alert/decide-signal.js';
import { withNotes } from '../domain/alert/note-reasons.js';
import { routeAlert } from '../domain/alert/route-alert.js';
import type { ConfigSnapshot, Severity, SourceSpec } from '../domain/config/specs.js';
import { prioritise } from '../domain/priority/prioritise.js';
import {
  closeAlert,
  countAlert,
  insertAlert,
  noteDropped,
  parkResolve,
  unparkResolve,
} from './alert-rows.js';
import { applyPriority } from './apply-priority.js';
import type { ConfigSnapshots } from './config-snapshot.js';
import { keepNewestWords } from './newest-words.js';
import { openIncident } from './open-incident.js';
import type { Recorder } from './record.js';

/** Who sends, and what its document says. */
export interface SignalSource {
  /** Name of the source document; a drill injects as `drill`. */
  source: string;
  spec: Pick<SourceSpec, 'format' | 'service' | 'routes' | 'acknowledge'>;
  /** Drill run id. */
  drill?: string;
}

export interface SignalBatch {
  tx: EntityManager;
  request: SignalSource;
  snapshot: ConfigSnapshot;
  now: string;
}

export interface Taken {
  decision: SignalDecision['kind'];
  incident: string | null;
  next: KeyFacts;
}

/** In the caller's transaction, which holds the locks of the keys. */
export class SignalTaker {
  constructor(
    readonly recorder: Recorder,
    readonly snapshots: ConfigSnapshots,
  ) {}

  /** One step of one key: what it does to the alert and its incident, and what is known of the key afterwards. */
  async take(batch: SignalBatch, step: CoalescedStep, known: KeyFacts): Promise<Taken> {
    const { tx, request, now } = batch;
    const { signal } = step;
    const settings = { now, acknowledgeAllowed: acknowledgeAllowed(request.spec) };
    const decision = withNotes(decideSignal(signal, known, settings), signal);
    switch (decision.kind) {
      case 'new':
        return this.openAlert(batch, step, decision, known);
      case 'counted':
        await countAlert(tx, decision.alert, signal, step.count, now);
        await keepNewestWords(tx, decision.alert, signal);
        await this.raise(batch, decision.incident, decision.raisedTo);
        return { decision: decision.kind, incident: decision.incident, next: known };
      case 'close':
        await closeAlert(tx, decision.alert, now, signal.occurredAt, decision.reasons);
        await this.tellIncident(tx, decision.incident, request.source, {
          type: 'close_alert',
          alert: decision.alert,
          title: signal.title,
        });
        return {
          decision: decision.kind,
          incident: decision.incident,
          next: {
            ...known,
            open: null,
            lastClosed: {
              id: decision.alert,
              incident: decision.incident,
              resolveOccurredAt: signal.occurredAt,
            },
          },
        };
      case 'acknowledge':
        await this.tellIncident(tx, decision.incident, request.source, {
          type: 'acknowledge',
          person: `source:${request.source}`,
        });
        return { decision: decision.kind, incident: decision.incident, next: known };
      case 'parked':
        await parkResolve(tx, request.source, signal, now);
        await noteDropped(tx, request.source, signal, decision.reasons, now);
        return {
          decision: decision.kind,
          incident: null,
          next: { ...known, parkedResolve: { at: now, occurredAt: signal.occurredAt } },
        };
      case 'dropped':
        await noteDropped(tx, request.source, signal, decision.reasons, now);
        return { decision: decision.kind, incident: null, next: known };
    }
  }

  private async openAlert(
    { tx, request, snapshot, now }: SignalBatch,
    { signal, count }: CoalescedStep,
    decision: Extract<SignalDecision, { kind: 'new' }>,
    known: KeyFacts,
  ): Promise<Taken> {
    if (known.parkedResolve !== null) await unparkResolve(tx, request.source, signal.dedupKey);
    const route = routeAlert({ ...request.spec, source: request.source }, signal, snapshot);
    const alert = { source: request.source, signal, service: route.service, count, now };
    if (decision.status === 'closed') {
      await insertAlert(tx, { ...alert, status: 'closed', incident: null, reasons: decision.reasons });
      return { decision: 'new', incident: null, next: { ...known, parkedResolve: null } };
    }
    const id = randomUUID();
    const decided = prioritise(snapshot, route.service, signal.severity);
    const reasons: Reason[] = [
      ...decision.reasons,
      route.reason,
      { stage: 'priority', decision: decided.priority, text: decided.reasons.join(', ') },
    ];
    // A rehearsal is one incident, however many alerts its scenario has.
    const joins = request.drill === undefined ? decision.reopens : await drillIncident(tx, request.drill);
    const incident =
      (await this.join(tx, request.source, joins, {
        alert: id,
        title: signal.title,
        severity: signal.severity,
      })) ??
      (
        await openIncident(tx, {
          title: signal.title,
          service: route.service,
          severity: signal.severity,
          priority: decided.priority,
          priorityReasons: decided.reasons,
          drill: request.drill ?? null,
          alert: id,
          actor: `source:${request.source}`,
          now,
          snapshot,
        })
      ).id;
    const joined = incident === joins;
    reasons.push({
      stage: 'incident',
      decision: joined ? 'joined' : 'opened',
      text: joined ? 'joined the incident it belongs to' : 'opened an incident',
    });
    await insertAlert(tx, { ...alert, status: 'open', incident, reasons }, id);
    return {
      decision: 'new',
      incident,
      next: {
        open: { id, incident, severity: signal.severity, occurredAt: signal.occurredAt },
        parkedResolve: null,
        lastClosed: null,
      },
    };
  }

  /** The incident that the alert belongs to already, if it takes it: one that is closed for long does not. */
  private async join(
    tx: EntityManager,
    source: string,
    incident: string | null,
    joined: { alert: string; title: string; severity: Severity },
  ): Promise<string | null> {
    if (incident === null) return null;
    const outcome = await this.recorder.recordIn(tx, {
      incidentId: incident,
      actor: `source:${source}`,
      command: { type: 'join_alert', ...joined },
    });
    return outcome.kind === 'accepted' ? incident : null;
  }

  async tellIncident(
    tx: EntityManager,
    incidentId: string | null,
    source: string,
    command: { type: 'close_alert'; alert: string; title: string } | { type: 'acknowledge'; person: string },
  ): Promise<void> {
    if (incidentId === null) return;
    await this.recorder.recordIn(tx, { incidentId, actor: `source:${source}`, command });
  }

  /** An open alert that got worse may raise its incident's priority; it never lowers one (domain.md, Priority). */
  private async raise(
    { tx, request, snapshot }: SignalBatch,
    incidentId: string | null,
    severity: Severity | null,
  ): Promise<void> {
    if (incidentId === null || severity === null) return;
    await applyPriority(tx, this, {
      incidentId,
      actor: `source:${request.source}`,
      by: null,
      decide: (state) => prioritise(snapshot, state.service, severity),
    });
  }
}

async function drillIncident(tx: EntityManager, drill: string): Promise<string | null> {
  const rows: { id: string }[] = await tx.query(
    `SELECT id FROM incident WHERE drill = $1 AND status <> 'closed' AND status <> 'resolved' ORDER BY number LIMIT 1`,
    [drill],
  );
  return rows[0]?.id ?? null;
}

/** PagerDuty's and Opsgenie's senders may acknowledge unless their document says no; others only when it says yes. */
const acknowledgeAllowed = (spec: SignalSource['spec']): boolean =>
  spec.acknowledge ?? spec.format.startsWith('pagerduty');

/**
 * The way in: alert signals, declared incidents and drill injections become rows, events and an outbox entry in one
 * transaction, before anybody gets a 2xx (reliability.md, "2xx means committed").
 */
import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { coalesceSignals, type CoalescedStep } from '../domain/alert/coalesce-signals.js';
import {
  decideSignal,
  type KeyFacts,
  type Reason,
  type SignalDecision,
} from '../domain/alert/decide-signal.js';
import type { AlertSignal } from '../domain/alert/signal.js';
import type { ConfigSnapshot, Priority, Severity, SourceSpec } from '../domain/config/specs.js';
import type { Actor, IncidentState } from '../domain/incident/state.js';
import { decidePriority } from '../domain/priority/decide-priority.js';
import { routeAlert } from '../domain/alert/route-alert.js';
import {
  closeAlert,
  countAlert,
  insertAlert,
  lockKeys,
  noteDropped,
  parkResolve,
  unparkResolve,
} from './alert-rows.js';
import { applyPriority } from './apply-priority.js';
import type { ConfigSnapshots } from './config-snapshot.js';
import { openIncident } from './open-incident.js';
import type { Recorder } from './record.js';
import { retryingTransaction } from './retrying-transaction.js';

export interface IngestRequest {
  /** Name of the source document; a drill injects as `drill`. */
  source: string;
  spec: Pick<SourceSpec, 'format' | 'service' | 'routes' | 'acknowledge'>;
  signals: AlertSignal[];
  raw: Uint8Array | null;
  /** Drill run id. */
  drill?: string;
}

export interface IngestedSignal {
  dedupKey: string;
  decision: SignalDecision['kind'];
  incident: string | null;
}

export interface DeclareRequest {
  title: string;
  service: string | null;
  severity?: Severity;
  priority?: Priority;
  description?: string;
  actor: Actor;
}

interface Batch {
  tx: EntityManager;
  request: IngestRequest;
  snapshot: ConfigSnapshot;
  now: string;
}

export class Intake {
  constructor(
    private readonly dataSource: DataSource,
    readonly recorder: Recorder,
    readonly snapshots: ConfigSnapshots,
  ) {}

  ingest(request: IngestRequest): Promise<IngestedSignal[]> {
    return retryingTransaction(this.dataSource, (tx) => this.ingestIn(tx, request));
  }

  async ingestIn(tx: EntityManager, request: IngestRequest): Promise<IngestedSignal[]> {
    const { source, signals } = request;
    const keys = coalesceSignals(signals.map((signal) => ({ source, signal })));
    const { now, configVersion, facts } = await lockKeys(
      tx,
      source,
      keys.map((key) => key.dedupKey),
    );
    const batch: Batch = { tx, request, now, snapshot: await this.snapshots.at(tx, configVersion) };
    if (request.raw !== null) {
      await tx.query(
        'INSERT INTO ingest_log (id, at, source, format, body, signals) VALUES ($1, tocsin_now(), $2, $3, $4, $5)',
        [randomUUID(), source, request.spec.format, Buffer.from(request.raw), signals.length],
      );
    }
    const ingested: IngestedSignal[] = [];
    for (const { dedupKey, steps } of keys) {
      let known = facts.get(dedupKey) ?? { open: null, parkedResolve: null, lastClosed: null };
      for (const step of steps) {
        const { decision, incident, next } = await this.apply(batch, step, known);
        ingested.push({ dedupKey, decision, incident });
        known = next;
      }
    }
    return ingested;
  }

  /** A person says that something is wrong: an incident without an alert. Title is enough. */
  declare(request: DeclareRequest): Promise<IncidentState> {
    return retryingTransaction(this.dataSource, (tx) => this.declareIn(tx, request));
  }

  async declareIn(
    tx: EntityManager,
    { title, service, severity, priority, description, actor }: DeclareRequest,
  ): Promise<IncidentState> {
    const rows: { now: Date }[] = await tx.query('SELECT tocsin_now() AS now');
    const snapshot = await this.snapshots.latest(tx);
    const decided = this.prioritise(snapshot, service, severity ?? 'error');
    const state = await openIncident(tx, {
      title,
      service,
      severity: severity ?? 'error',
      priority: priority ?? decided.priority,
      priorityReasons: priority === undefined ? decided.reasons : [`set to ${priority} when it was declared`],
      drill: null,
      alert: null,
      actor,
      now: (rows[0]?.now ?? new Date()).toISOString(),
      snapshot,
    });
    if (description === undefined || description === '') return state;
    const noted = await this.recorder.recordIn(tx, {
      incidentId: state.id,
      actor,
      command: { type: 'note', text: description.slice(0, 2000) },
    });
    return noted.kind === 'not_found' ? state : noted.state;
  }

  /** Alerts whose sender promised to repeat them and did not (`endsAt` has passed) are closed by the engine. */
  async closeExpired(limit: number): Promise<number> {
    const due: { source: string; dedup_key: string; title: string }[] = await this.dataSource.query(
      `SELECT source, dedup_key, title FROM alert WHERE status = 'open' AND resolve_at <= tocsin_now() ORDER BY resolve_at LIMIT $1`,
      [limit],
    );
    for (const { source, dedup_key, title } of due) {
      await retryingTransaction(this.dataSource, async (tx) => {
        const { now, facts } = await lockKeys(tx, source, [dedup_key]);
        const open = facts.get(dedup_key)?.open;
        if (open == null) return;
        const renewed: unknown[] = await tx.query(
          'SELECT 1 FROM alert WHERE id = $1 AND resolve_at > tocsin_now()',
          [open.id],
        );
        if (renewed.length > 0) return;
        const text = 'its sender stopped repeating it (endsAt has passed)';
        await closeAlert(tx, open.id, now, null, [{ stage: 'dedup', decision: 'closed', text }]);
        await this.tellIncident(tx, open.incident, source, { type: 'close_alert', alert: open.id, title });
      });
    }
    return due.length;
  }

  private async apply(
    batch: Batch,
    step: CoalescedStep,
    known: KeyFacts,
  ): Promise<{ decision: SignalDecision['kind']; incident: string | null; next: KeyFacts }> {
    const { tx, request, now } = batch;
    const { signal } = step;
    const settings = { now, acknowledgeAllowed: acknowledgeAllowed(request.spec) };
    const decision = decideSignal(signal, known, settings);
    switch (decision.kind) {
      case 'new':
        return this.openAlert(batch, step, decision, known);
      case 'counted':
        await countAlert(tx, decision.alert, signal, step.count, now);
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
    { tx, request, snapshot, now }: Batch,
    { signal, count }: CoalescedStep,
    decision: Extract<SignalDecision, { kind: 'new' }>,
    known: KeyFacts,
  ): Promise<{ decision: 'new'; incident: string | null; next: KeyFacts }> {
    if (known.parkedResolve !== null) await unparkResolve(tx, request.source, signal.dedupKey);
    const route = routeAlert({ ...request.spec, source: request.source }, signal, snapshot);
    const alert = { source: request.source, signal, service: route.service, count, now };
    if (decision.status === 'closed') {
      await insertAlert(tx, { ...alert, status: 'closed', incident: null, reasons: decision.reasons });
      return { decision: 'new', incident: null, next: { ...known, parkedResolve: null } };
    }
    const id = randomUUID();
    const decided = this.prioritise(snapshot, route.service, signal.severity);
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

  private async tellIncident(
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
    { tx, request, snapshot }: Batch,
    incidentId: string | null,
    severity: Severity | null,
  ): Promise<void> {
    if (incidentId === null || severity === null) return;
    await applyPriority(tx, this, {
      incidentId,
      actor: `source:${request.source}`,
      by: null,
      decide: (state) => this.prioritise(snapshot, state.service, severity),
    });
  }

  private prioritise(
    snapshot: ConfigSnapshot,
    service: string | null,
    severity: Severity,
  ): { priority: Priority; reasons: string[] } {
    const known = service === null ? undefined : snapshot.get('Service', service);
    return decidePriority({
      severity,
      service: known === undefined ? null : { name: known.name, tier: known.spec.tier },
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
const acknowledgeAllowed = (spec: IngestRequest['spec']): boolean =>
  spec.acknowledge ?? spec.format.startsWith('pagerduty');

/** Applies one alert signal to its alert and incident, as decided by `decideSignal`. */
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { CoalescedStep } from '../../domain/alert/coalesce-signals.js';
import {
  decideSignal,
  type KeyFacts,
  type Reason,
  type SignalDecision,
} from '../../domain/alert/decide-signal.js';
import { mayAcknowledge } from '../../domain/alert/may-acknowledge.js';
import { withNotes } from '../../domain/alert/note-reasons.js';
import { type Route, routeAlert } from '../../domain/alert/route-alert.js';
import { stormTitle } from '../../domain/alert/storm.js';
import type { SourceSpec } from '../../domain/alert/source-spec.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { Severity } from '../../domain/config/terms.js';
import { type IncidentOfDrill, openIncidentOfDrill } from '../../domain/drill/one-incident.js';
import type { PriorityDecision } from '../../domain/priority/decide-priority.js';
import { prioritise } from '../../domain/priority/prioritise.js';
import { stillFiringMs } from '../../domain/response/build-response.js';
import {
  closeAlert,
  countAlert,
  insertAlert,
  noteDropped,
  parkResolve,
  readKeys,
  unparkResolve,
} from './alert-rows.js';
import { applyPriority, saveResponse, planPriority } from '../incident/apply-priority.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { lockIncident } from '../incident/incident-row.js';
import { storeNewestText } from './newest-text.js';
import { openIncident } from '../incident/open-incident.js';
import type { Recorder } from '../incident/record.js';
import { noteOpening, stormOf } from './storm.js';

/** The sending source and its specification. */
export interface SignalSource {
  /** Name of the Source document; a drill injects its signals as `drill`. */
  source: string;
  spec: Pick<SourceSpec, 'format' | 'service' | 'routes' | 'acknowledge' | 'stormAfter'>;
  /** Drill run id. */
  drill?: string;
}

export interface SignalBatch {
  tx: EntityManager;
  request: SignalSource;
  snapshot: ConfigSnapshot;
  now: string;
  /** Digest of the request body. */
  body: string | null;
}

export interface Taken {
  decision: SignalDecision['kind'];
  incident: string | null;
  next: KeyFacts;
}

export const nothingKnown: KeyFacts = { open: null, parkedResolve: null, lastClosed: null };

/** Runs in the caller's transaction, which holds the locks of the keys. */
export class AlertSignalHandler {
  constructor(
    readonly recorder: Recorder,
    readonly snapshots: ConfigSnapshots,
  ) {}

  /** Applies one step of one key to the alert and its incident, and returns the facts of the key afterwards. */
  async take(batch: SignalBatch, step: CoalescedStep, known: KeyFacts): Promise<Taken> {
    const { tx, request, now, snapshot, body } = batch;
    const { signal } = step;
    const routed = once(() => routeAlert({ ...request.spec, source: request.source }, signal, snapshot));
    const decided = decideSignal(signal, known, {
      now,
      body,
      acknowledgeAllowed: mayAcknowledge(request.spec),
      stillFiringMs: (service) => stillFiringMs(snapshot, service),
      destination: () => ({
        service: routed().service,
        team: teamOf(snapshot, routed().service),
        drill: request.drill ?? null,
      }),
    });
    const decision = withNotes(decided, signal);
    if (await this.isOutdated(batch, signal.dedupKey, decision, known)) return this.takeAnew(batch, step);
    switch (decision.kind) {
      case 'new':
        return this.openAlert(batch, step, { ...decision, route: routed() }, known);
      case 'counted':
      case 'waiting': {
        const status = decision.kind === 'counted' ? 'open' : 'closed';
        const counting = { count: step.count, now, body, status } as const;
        if (!(await countAlert(tx, decision.alert, signal, counting))) return this.takeAnew(batch, step);
        await storeNewestText(tx, decision.alert, signal);
        if (decision.kind === 'counted') await this.raise(batch, decision.incident, decision.raisedTo);
        return { decision: decision.kind, incident: decision.incident, next: known };
      }
      case 'close':
        return this.close(batch, step, decision);
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

  private async takeAnew(batch: SignalBatch, step: CoalescedStep): Promise<Taken> {
    const key = step.signal.dedupKey;
    const { facts } = await readKeys(batch.tx, batch.request.source, [key]);
    return this.take(batch, step, facts.get(key) ?? nothingKnown);
  }

  /**
   * People resolve and merge incidents without the lock of the key, and so close or move its alert. A decision that
   * changes the incident therefore locks the incident row and reads the facts again; if the alert is closed or moved
   * by then, it is decided anew.
   */
  private async isOutdated(
    { tx, request }: SignalBatch,
    dedupKey: string,
    decision: SignalDecision,
    known: KeyFacts,
  ): Promise<boolean> {
    if (decision.kind === 'new') {
      if (decision.status === 'closed' || decision.reopens === null) return false;
      await lockIncident(tx, decision.reopens);
      const last = (await readKeys(tx, request.source, [dedupKey])).facts.get(dedupKey)?.lastClosed;
      return last?.incident !== decision.reopens || last.of?.isOpen !== known.lastClosed?.of?.isOpen;
    }
    const changes =
      decision.kind === 'close' ||
      decision.kind === 'acknowledge' ||
      (decision.kind === 'counted' && decision.raisedTo !== null);
    if (!changes || decision.incident === null) return false;
    await lockIncident(tx, decision.incident);
    const { facts } = await readKeys(tx, request.source, [dedupKey]);
    const open = facts.get(dedupKey)?.open ?? null;
    return open?.id !== decision.alert || open.incident !== decision.incident;
  }

  private async close(
    { tx, request, now }: SignalBatch,
    { signal }: CoalescedStep,
    { alert, incident, reasons }: Extract<SignalDecision, { kind: 'close' }>,
  ): Promise<Taken> {
    const { source } = request;
    await closeAlert(tx, alert, { now, by: `source:${source}`, occurredAt: signal.occurredAt, reasons });
    await this.tellIncident(tx, incident, source, { type: 'close_alert', alert, title: signal.title });
    const { facts } = await readKeys(tx, source, [signal.dedupKey]);
    return { decision: 'close', incident, next: facts.get(signal.dedupKey) ?? nothingKnown };
  }

  private async openAlert(
    { tx, request, snapshot, now, body }: SignalBatch,
    { signal, count }: CoalescedStep,
    { route, ...decision }: Extract<SignalDecision, { kind: 'new' }> & { route: Route },
    known: KeyFacts,
  ): Promise<Taken> {
    if (known.parkedResolve !== null) await unparkResolve(tx, request.source, signal.dedupKey);
    const alert = { source: request.source, signal, service: route.service, count, now, body };
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
    const joins =
      request.drill === undefined
        ? decision.reopens
        : openIncidentOfDrill(await incidentsOfDrill(tx, request.drill));
    const opening = {
      source: request.source,
      service: route.service,
      team: teamOf(snapshot, route.service),
    };
    // An alert that joins an incident opens none, and a drill is bounded by its scenario: neither counts towards a storm.
    const storm =
      joins === null && request.drill === undefined
        ? await stormOf(tx, opening, request.spec.stormAfter)
        : null;
    const incident =
      (await this.join(tx, request.source, joins ?? storm?.incident ?? null, {
        alert: id,
        title: signal.title,
        severity: signal.severity,
        ...(decision.reopens === null ? { folded: true } : {}),
        decided,
      })) ??
      (
        await openIncident(tx, {
          title: storm === null ? signal.title : stormTitle(request.source, signal.title),
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
    const joined = incident === (joins ?? storm?.incident);
    if (!joined && request.drill === undefined) await noteOpening(tx, opening, incident, storm !== null);
    if (storm !== null) reasons.push({ stage: 'grouping', decision: 'storm', text: storm.reason });
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

  /**
   * Joins the alert to its existing incident, if the incident accepts it (one that closed long ago does not). The
   * alert's own priority applies to the incident when it is higher.
   */
  private async join(
    tx: EntityManager,
    source: string,
    incident: string | null,
    {
      decided,
      ...joined
    }: { alert: string; title: string; severity: Severity; folded?: boolean; decided: PriorityDecision },
  ): Promise<string | null> {
    const locked = incident === null ? null : await lockIncident(tx, incident);
    if (incident === null || locked === null) return null;
    const isHigher = decided.priority < locked.state.priority;
    const weighed = isHigher ? await planPriority(tx, this, locked, { ...decided, by: null }) : null;
    const outcome = await this.recorder.recordLocked(tx, locked, {
      incidentId: incident,
      actor: `source:${source}`,
      command: { type: 'join_alert', ...joined, weight: weighed?.weight ?? null },
    });
    if (outcome.kind !== 'accepted') return null;
    if (weighed !== null && outcome.events.some(({ kind }) => kind === 'priority_set'))
      await saveResponse(tx, outcome.state, weighed.response);
    return incident;
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

  /** A worsened open alert may raise its incident's priority, never lower it (docs/domain.md, Priority). */
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

async function incidentsOfDrill(tx: EntityManager, drill: string): Promise<IncidentOfDrill[]> {
  return tx.query('SELECT id, number::int AS number, status FROM incident WHERE drill = $1', [drill]);
}

const teamOf = (snapshot: ConfigSnapshot, service: string | null): string | null =>
  service === null ? null : (snapshot.get('Service', service)?.spec.team ?? null);

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

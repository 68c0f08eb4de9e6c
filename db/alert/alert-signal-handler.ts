/** Applies one alert signal to its alert and incident, as decided by `decideSignal`. */
import type { CoalescedStep } from '../../domain/alert/coalesce-signals.js';
import { decideSignal, type KeyFacts, type SignalDecision } from '../../domain/alert/decide-signal.js';
import { mayAcknowledge } from '../../domain/alert/may-acknowledge.js';
import { withNotes } from '../../domain/alert/note-reasons.js';
import { type Route, routeAlert } from '../../domain/alert/route-alert.js';
import type { AlertSignal } from '../../domain/alert/signal.js';
import type { Severity } from '../../domain/config/terms.js';
import { prioritise } from '../../domain/priority/prioritise.js';
import { stillFiringMs } from '../../domain/response/build-response.js';
import { closeAlert, countAlert, noteDropped, parkResolve, readKeys } from './alert-rows.js';
import { applyPriority } from '../incident/apply-priority.js';
import { watchedFacts } from '../../domain/watch/watched-facts.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { lockIncident } from '../incident/incident-row.js';
import { noteInhibits } from './inhibiting-alerts.js';
import { storeNewestText } from './newest-text.js';
import type { Recorder } from '../incident/record.js';
import { judgeAgain } from './held-alerts.js';
import { openAlert } from './open-alert.js';
import { teamOf } from './place-alert.js';
import { nothingKnown, type SignalBatch, type Taken } from './signal-batch.js';
import { tellIncident } from './tell-incident.js';

/** Runs in the caller's transaction, which holds the locks of the keys. */
export class AlertSignalHandler {
  constructor(
    readonly recorder: Recorder,
    readonly snapshots: ConfigSnapshots,
  ) {}

  /** `route` is evaluated when it is needed first: routes are conditions. */
  decide(
    { request, now, snapshot, body }: SignalBatch,
    signal: AlertSignal,
    known: KeyFacts,
  ): { decision: SignalDecision; route: () => Route } {
    const route = once(() => routeAlert({ ...request.spec, source: request.source }, signal, snapshot));
    const decided = decideSignal(signal, known, {
      now,
      body,
      acknowledgeAllowed: mayAcknowledge(request.spec),
      stillFiringMs: (service) => stillFiringMs(snapshot, service),
      destination: () => ({
        service: route().service,
        team: teamOf(snapshot, route().service),
        drill: request.drill ?? null,
      }),
    });
    return { decision: withNotes(decided, signal), route };
  }

  /** Applies one step of one key to the alert and its incident, and returns the facts of the key afterwards. */
  async take(batch: SignalBatch, step: CoalescedStep, known: KeyFacts): Promise<Taken> {
    const { tx, request, now, body, snapshot } = batch;
    const { signal } = step;
    const { decision, route } = this.decide(batch, signal, known);
    if (await this.isOutdated(batch, signal, decision, known)) return this.takeAnew(batch, step);
    switch (decision.kind) {
      case 'new':
        return openAlert(this, batch, step, { ...decision, route: route(), known });
      case 'counted':
      case 'waiting': {
        const status = decision.kind === 'counted' ? 'open' : 'closed';
        const raisedTo = decision.kind === 'counted' ? decision.raisedTo : null;
        const counting = { count: step.count, now, body, status, raisedTo } as const;
        if (!(await countAlert(tx, decision.alert, signal, counting))) return this.takeAnew(batch, step);
        await storeNewestText(tx, decision.alert, signal);
        if (decision.kind === 'counted' && request.drill === undefined)
          await noteInhibits(tx, snapshot, {
            ...signal,
            id: decision.alert,
            source: request.source,
            service: route().service,
          });
        if (decision.kind === 'counted' && decision.incident === null) {
          const incident = await judgeAgain(this, batch, decision.alert, step.count);
          return { decision: decision.kind, incident, next: raised(known, raisedTo, incident) };
        }
        await this.raise(batch, decision.incident, raisedTo, signal);
        return { decision: decision.kind, incident: decision.incident, next: raised(known, raisedTo) };
      }
      case 'close':
        return this.close(batch, step, decision);
      case 'acknowledge':
        await tellIncident(tx, this.recorder, {
          incidentId: decision.incident,
          source: request.source,
          command: { type: 'acknowledge', person: `source:${request.source}` },
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

  /** Decides by facts that are read again. */
  async takeAnew(batch: SignalBatch, step: CoalescedStep): Promise<Taken> {
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
    signal: AlertSignal,
    decision: SignalDecision,
    known: KeyFacts,
  ): Promise<boolean> {
    const { dedupKey } = signal;
    if (decision.kind === 'new') {
      if (decision.status === 'closed' || decision.reopens === null) return false;
      await lockIncident(tx, decision.reopens);
      const last = (await readKeys(tx, request.source, [dedupKey])).facts.get(dedupKey)?.lastClosed;
      return last?.incident !== decision.reopens || last.of?.isOpen !== known.lastClosed?.of?.isOpen;
    }
    const changes =
      decision.kind === 'close' ||
      decision.kind === 'acknowledge' ||
      (decision.kind === 'counted' &&
        (decision.raisedTo !== null || watchedFacts(request.source, signal) !== null));
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
    await tellIncident(tx, this.recorder, {
      incidentId: incident,
      source,
      command: { type: 'close_alert', alert, title: signal.title },
    });
    const { facts } = await readKeys(tx, source, [signal.dedupKey]);
    return { decision: 'close', incident, next: facts.get(signal.dedupKey) ?? nothingKnown };
  }

  /** A worsened open alert may raise its incident's priority, never lower it (docs/domain.md, Priority). */
  private async raise(
    { tx, request, snapshot, now }: SignalBatch,
    incidentId: string | null,
    raisedTo: Severity | null,
    signal: AlertSignal,
  ): Promise<void> {
    // The band of a watch may be worse at the same severity: there are fewer severities than priorities.
    const isWorse = raisedTo !== null || watchedFacts(request.source, signal) !== null;
    if (incidentId === null || !isWorse) return;
    const severity = raisedTo ?? signal.severity;
    await applyPriority(tx, this, {
      incidentId,
      actor: `source:${request.source}`,
      by: null,
      decide: (state) =>
        prioritise(snapshot, {
          service: state.service,
          source: request.source,
          signal: { ...signal, severity },
          now,
        }),
    });
  }
}

function raised(
  known: KeyFacts,
  raisedTo: Severity | null,
  incident = known.open?.incident ?? null,
): KeyFacts {
  const { open } = known;
  if (open === null) return known;
  return { ...known, open: { ...open, incident, severity: raisedTo ?? open.severity } };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

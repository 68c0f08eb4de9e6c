/** Opens an alert: it joins an open incident (its own, its drill's, a storm's) or opens a new one. */
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { CoalescedStep } from '../../domain/alert/coalesce-signals.js';
import type { KeyFacts, Reason, SignalDecision } from '../../domain/alert/decide-signal.js';
import type { Route } from '../../domain/alert/route-alert.js';
import { stormTitle } from '../../domain/alert/storm.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { Severity } from '../../domain/config/terms.js';
import { type IncidentOfDrill, openIncidentOfDrill } from '../../domain/drill/one-incident.js';
import type { PriorityDecision } from '../../domain/priority/decide-priority.js';
import { prioritise } from '../../domain/priority/prioritise.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { planPriority, saveResponse } from '../incident/apply-priority.js';
import { lockIncident } from '../incident/incident-row.js';
import { openIncident } from '../incident/open-incident.js';
import type { Recorder } from '../incident/record.js';
import { insertAlert, unparkResolve } from './alert-rows.js';
import type { SignalBatch, Taken } from './signal-batch.js';
import { noteOpening, stormOf } from './storm.js';

interface Opening {
  recorder: Recorder;
  snapshots: ConfigSnapshots;
}

/** Opens the alert and its incident, or joins the alert to an open incident. */
export async function openAlert(
  parts: Opening,
  { tx, request, snapshot, now, body }: SignalBatch,
  { signal, count }: CoalescedStep,
  { route, known, ...decision }: Extract<SignalDecision, { kind: 'new' }> & { route: Route; known: KeyFacts },
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
    (await join(parts, tx, joins ?? storm?.incident ?? null, {
      source: request.source,
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

interface Joining {
  source: string;
  alert: string;
  title: string;
  severity: Severity;
  folded?: boolean;
  decided: PriorityDecision;
}

/**
 * Joins the alert to its existing incident, if the incident accepts it (one that closed long ago does not). The
 * alert's own priority applies to the incident when it is higher.
 */
async function join(
  parts: Opening,
  tx: EntityManager,
  incident: string | null,
  { source, decided, ...joined }: Joining,
): Promise<string | null> {
  const locked = incident === null ? null : await lockIncident(tx, incident);
  if (incident === null || locked === null) return null;
  const isHigher = decided.priority < locked.state.priority;
  const weighed = isHigher ? await planPriority(tx, parts, locked, { ...decided, by: null }) : null;
  const outcome = await parts.recorder.recordLocked(tx, locked, {
    incidentId: incident,
    actor: `source:${source}`,
    command: { type: 'join_alert', ...joined, weight: weighed?.weight ?? null },
  });
  if (outcome.kind !== 'accepted') return null;
  if (weighed !== null && outcome.events.some(({ kind }) => kind === 'priority_set'))
    await saveResponse(tx, outcome.state, weighed.response);
  return incident;
}

async function incidentsOfDrill(tx: EntityManager, drill: string): Promise<IncidentOfDrill[]> {
  return tx.query('SELECT id, number::int AS number, status FROM incident WHERE drill = $1', [drill]);
}

export const teamOf = (snapshot: ConfigSnapshot, service: string | null): string | null =>
  service === null ? null : (snapshot.get('Service', service)?.spec.team ?? null);

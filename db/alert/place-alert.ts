/**
 * Places a firing alert: the holding stages, then grouping and priority, then an incident that it joins (its own, its drill's, a storm's)
 * or opens. Used for a new alert, and again for one that was held.
 */
import type { EntityManager } from 'typeorm';
import type { Reason } from '../../domain/alert/decide-signal.js';
import type { Hold, JudgedAlert } from '../../domain/alert/stage.js';
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
import { judge } from './hold-stages.js';
import { releasedTogether } from './released-together.js';
import type { SignalBatch } from './signal-batch.js';
import { noteOpening, stormOf } from './storm.js';

export interface Placing {
  recorder: Recorder;
  snapshots: ConfigSnapshots;
}

/** Where the alert belongs: in an incident, or held without one. The caller stores it. */
export type Placed = { reasons: Reason[] } & (
  { incident: string; hold: null } | { incident: null; hold: Hold }
);

/** `reopens`: the incident of the key's last alert, which takes it again. */
export async function placeAlert(
  parts: Placing,
  batch: SignalBatch,
  alert: JudgedAlert,
  reopens: string | null,
): Promise<Placed> {
  const { hold, reasons } = await judge(batch, alert);
  if (hold !== null) return { incident: null, hold, reasons };
  const found = await findIncident(parts, batch, alert, reopens);
  return { incident: found.incident, hold: null, reasons: [...reasons, ...found.reasons] };
}

async function findIncident(
  parts: Placing,
  { tx, request, snapshot, now }: SignalBatch,
  { id, signal, service, team, heldBy }: JudgedAlert,
  reopens: string | null,
): Promise<{ incident: string; reasons: Reason[] }> {
  const decided = prioritise(snapshot, { service, source: request.source, signal, now });
  const reasons: Reason[] = [
    { stage: 'priority', decision: decided.priority, text: decided.reasons.join(', ') },
  ];
  const released = await releasedTogether(tx, { heldBy, service });
  const joins =
    request.drill === undefined
      ? (reopens ?? released?.incident ?? null)
      : openIncidentOfDrill(await incidentsOfDrill(tx, request.drill));
  const opening = { source: request.source, service, team };
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
      ...(reopens === null ? { folded: true } : {}),
      decided,
    })) ??
    (
      await openIncident(tx, {
        title: storm === null ? signal.title : stormTitle(request.source, signal.title),
        service,
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
  if (released !== null) reasons.push(released.reason);
  if (storm !== null) reasons.push({ stage: 'grouping', decision: 'storm', text: storm.reason });
  reasons.push({
    stage: 'incident',
    decision: joined ? 'joined' : 'opened',
    text: joined ? 'joined the incident it belongs to' : 'opened an incident',
  });
  return { incident, reasons };
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
  parts: Placing,
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

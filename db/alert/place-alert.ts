/**
 * Places a firing alert: the holding stages, then grouping and priority, then an incident that it joins (its own, its group's, its drill's,
 * a storm's) or opens. Used for a new alert, and again for one that was held.
 */
import type { EntityManager } from 'typeorm';
import { decideGrouping } from '../../domain/alert/decide-grouping.js';
import type { Reason } from '../../domain/alert/decide-signal.js';
import { type Group, groupOf } from '../../domain/alert/group.js';
import { judgingPlan } from '../../domain/alert/judging-plan.js';
import type { Hold, JudgedAlert } from '../../domain/alert/stage.js';
import { stormTitle } from '../../domain/alert/storm.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { type IncidentOfDrill, openIncidentOfDrill } from '../../domain/drill/one-incident.js';
import type { PriorityDecision } from '../../domain/priority/decide-priority.js';
import { prioritise } from '../../domain/priority/prioritise.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { openIncident } from '../incident/open-incident.js';
import type { Recorder } from '../incident/record.js';
import { groupId, incidentOfGroup, noteJoined } from './group-rows.js';
import { judge } from './hold-stages.js';
import { joinIncident, type Joining } from './join-incident.js';
import { lockGroup } from './lock-batch.js';
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
  batch: SignalBatch,
  alert: JudgedAlert,
  reopens: string | null,
): Promise<{ incident: string; reasons: Reason[] }> {
  const { tx, request, snapshot, now } = batch;
  const { id, signal, service, team } = alert;
  const actor = `source:${request.source}`;
  const isDrill = request.drill !== undefined;
  const decided = prioritise(snapshot, { service, source: request.source, signal, now });
  const released = isDrill ? null : await releasedTogether(tx, alert);
  const {
    group,
    joins: joinsGroup,
    reason,
  } = isDrill || released !== null ? noGroup : await findGroup(batch, alert, reopens);
  const joins =
    request.drill === undefined
      ? (reopens ?? released?.incident ?? joinsGroup)
      : openIncidentOfDrill(await incidentsOfDrill(tx, request.drill));
  const opening = { source: request.source, service, team };
  // An alert that joins an incident opens none, and a drill is bounded by its scenario: neither counts towards a storm.
  const storm = joins === null && !isDrill ? await stormOf(tx, opening, request.spec.stormAfter) : null;
  const wanted = joins ?? storm?.incident ?? null;
  const isGrouped = wanted !== null && wanted === joinsGroup && reopens === null;
  const joined = await join(parts, tx, wanted, {
    actor,
    alert: id,
    title: signal.title,
    severity: signal.severity,
    ...(reopens === null ? { folded: true } : {}),
    page: isGrouped ? judgingPlan(snapshot, service).group.page : undefined,
    decided,
  });
  const incident =
    joined ??
    (
      await openIncident(tx, {
        title: storm === null ? signal.title : stormTitle(request.source, signal.title),
        service,
        severity: signal.severity,
        priority: decided.priority,
        priorityReasons: decided.reasons,
        drill: request.drill ?? null,
        alert: id,
        actor,
        now,
        snapshot,
      })
    ).id;
  if (joined === null && !isDrill) await noteOpening(tx, opening, incident, storm !== null);
  if (group !== null)
    await noteJoined(tx, groupId(group), { incident, now, takesOver: incident !== reopens });
  const reasons = reasonsOf({
    grouping: reason,
    released: released?.reason,
    storm: storm?.reason,
    decided,
    isJoined: joined !== null,
  });
  return { incident, reasons };
}

/** What grouping, priority and incident say about an alert, in this order. */
export const reasonsOf = ({
  grouping,
  released,
  storm,
  decided,
  isJoined,
}: {
  grouping: Reason | null;
  released?: Reason | undefined;
  storm?: string | undefined;
  decided: PriorityDecision;
  isJoined: boolean;
}): Reason[] => [
  ...(grouping === null ? [] : [grouping]),
  ...(released === undefined ? [] : [released]),
  ...(storm === undefined ? [] : [{ stage: 'grouping', decision: 'storm', text: storm } as const]),
  { stage: 'priority', decision: decided.priority, text: decided.reasons.join(', ') },
  isJoined
    ? { stage: 'incident', decision: 'joined', text: 'joined the incident it belongs to' }
    : { stage: 'incident', decision: 'opened', text: 'opened an incident' },
];

const noGroup = { group: null, joins: null, reason: null };

/** The group and the incident that its last alert joined. An alert that comes back to its own incident renews its group's. */
async function findGroup(
  batch: SignalBatch,
  alert: JudgedAlert,
  reopens: string | null,
): Promise<{ group: Group | null; joins: string | null; reason: Reason | null }> {
  const { tx, snapshot, now } = batch;
  const { group: spec } = judgingPlan(snapshot, alert.service);
  const group = groupOf(alert, spec);
  if (group !== null) await lockGroup(batch, groupId(group));
  if (reopens !== null) return { group, joins: null, reason: null };
  const known = group === null ? null : await incidentOfGroup(tx, groupId(group));
  const { joins, reason } = decideGrouping(group, known, { spec, team: alert.team, now });
  return { group, joins, reason };
}

async function join(
  parts: Placing,
  tx: EntityManager,
  incident: string | null,
  joining: Joining,
): Promise<string | null> {
  if (incident === null) return null;
  const { kind } = await joinIncident(parts, tx, incident, joining);
  return kind === 'accepted' ? incident : null;
}

async function incidentsOfDrill(tx: EntityManager, drill: string): Promise<IncidentOfDrill[]> {
  return tx.query('SELECT id, number::int AS number, status FROM incident WHERE drill = $1', [drill]);
}

export const teamOf = (snapshot: ConfigSnapshot, service: string | null): string | null =>
  service === null ? null : (snapshot.get('Service', service)?.spec.team ?? null);

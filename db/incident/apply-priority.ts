/**
 * Applies a new priority to an incident and widens its response: escalations of the new plan are added, those in
 * progress keep theirs. A person may set any priority; rules only raise it and never change one set by a person
 * (`decide` refuses).
 */
import type { EntityManager } from 'typeorm';
import type { Priority } from '../../domain/config/terms.js';
import { nextDeadline } from '../../domain/incident/deadline.js';
import type { PriorityWeight } from '../../domain/incident/commands.js';
import type { IncidentResponse, ResponseEscalation } from '../../domain/incident/response.js';
import type { Actor, IncidentState } from '../../domain/incident/state.js';
import { buildResponse, engagedEscalations, plannedReview } from '../../domain/response/build-response.js';
import { keptBridge } from '../../domain/response/bridge.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { newBridgeRoom } from './bridge-room.js';
import { type LockedIncident, lockIncident } from './incident-row.js';
import type { Recorder, RecordOutcome } from './record.js';

export interface PriorityRequest {
  incidentId: string;
  actor: Actor;
  onBehalfOf?: string | undefined;
  idempotencyKey?: string;
  idempotencyDigest?: string;
  seen?: string | undefined;
  unseen?: boolean;
  /** The person who sets the priority; null for the rules. */
  by: string | null;
  decide: (state: IncidentState) => { priority: Priority; reasons: string[] };
}

interface PriorityPlanning {
  recorder: Recorder;
  snapshots: ConfigSnapshots;
}

/** Runs in the caller's transaction. */
export async function applyPriority(
  tx: EntityManager,
  by: PriorityPlanning,
  { decide, ...asked }: PriorityRequest,
): Promise<RecordOutcome> {
  const locked = await lockIncident(tx, asked.incidentId);
  if (locked === null) return { kind: 'not_found' };
  const { weight, response } = await planPriority(tx, by, locked, { ...decide(locked.state), by: asked.by });
  const outcome = await by.recorder.recordLocked(tx, locked, {
    ...asked,
    command: { type: 'set_priority', ...weight },
  });
  if (outcome.kind === 'accepted') await saveResponse(tx, outcome.state, response);
  return outcome;
}

export interface PlannedPriority {
  weight: PriorityWeight;
  /** Applies to the incident once the priority is recorded. */
  response: IncidentResponse;
}

/**
 * The response that a priority would start for this incident. `besides`: escalations of another incident merged into
 * it.
 */
export async function planPriority(
  tx: EntityManager,
  { snapshots }: Pick<PriorityPlanning, 'snapshots'>,
  { state, response: current, configVersion }: LockedIncident,
  decided: { priority: Priority; reasons: string[]; by: string | null; besides?: ResponseEscalation[] },
): Promise<PlannedPriority> {
  const { besides = [], ...wanted } = decided;
  const snapshot = await snapshots.at(tx, configVersion);
  const planned = buildResponse(snapshot, state.service, wanted.priority, newBridgeRoom(state.number));
  const named = new Set(planned.escalations.map(({ name }) => name));
  const escalations = [...planned.escalations, ...besides.filter(({ name }) => !named.has(name))];
  // Once it is resolved, a lower priority does not lower the review.
  const keepsReview = state.status === 'resolved' && wanted.priority >= state.priority;
  const postmortem = keepsReview ? current.postmortem : planned.postmortem;
  const response = mergedResponse(current, { ...planned, escalations, postmortem }, state);
  const weight: PriorityWeight = {
    ...wanted,
    engaged: engagedEscalations(response),
    ackTimeoutMs: response.ackTimeoutMs,
    wakes: current.urgency === 'low' && response.urgency === 'high',
    postmortem: plannedReview(response),
    updatesEveryMs: response.updatesEveryMs ?? 0,
  };
  return { weight, response };
}

/** Stores the response and recomputes the next deadline from it. */
export const saveResponse = (
  tx: EntityManager,
  state: IncidentState,
  response: IncidentResponse,
): Promise<unknown> =>
  tx.query('UPDATE incident SET response = $2, next_deadline = $3 WHERE id = $1', [
    state.id,
    JSON.stringify(response),
    nextDeadline(state, response.settleMs),
  ]);

/**
 * The response of the new priority, merged with the current one: an escalation in progress keeps its policy, and
 * becomes required where the new plan requires it.
 */
function mergedResponse(
  current: IncidentResponse,
  planned: IncidentResponse,
  state: IncidentState,
): IncidentResponse {
  const engaged = new Set(state.escalations.map(({ name }) => name));
  const added = planned.escalations.filter(({ name }) => !engaged.has(name) && name !== 'organisation');
  const required = new Set(
    planned.escalations.flatMap((escalation) => (escalation.required ? [escalation.name] : [])),
  );
  const kept = current.escalations.map((escalation) => ({
    ...escalation,
    required: escalation.required || required.has(escalation.name),
  }));
  return {
    ...planned,
    escalations: [...kept, ...added],
    diagnostics: current.diagnostics,
    bridge: keptBridge(current.bridge, planned.bridge),
  };
}

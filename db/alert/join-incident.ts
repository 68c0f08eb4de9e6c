/** Joins an alert to an incident, with the priority that it brings. */
import type { EntityManager } from 'typeorm';
import type { GroupPage } from '../../domain/alert/group-spec.js';
import type { Severity } from '../../domain/config/terms.js';
import type { Actor } from '../../domain/incident/state.js';
import type { PriorityDecision } from '../../domain/priority/decide-priority.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { planPriority, saveResponse } from '../incident/apply-priority.js';
import { lockIncident } from '../incident/incident-row.js';
import type { Recorder, RecordOutcome } from '../incident/record.js';

export interface Joining {
  actor: Actor;
  onBehalfOf?: string | undefined;
  alert: string;
  title: string;
  severity: Severity;
  /** No condition of this incident has returned: a group, a storm, a drill or a person brings the alert. */
  folded?: boolean;
  /** The group's `page`. */
  page?: GroupPage | undefined;
  movedFrom?: string;
  decided: PriorityDecision;
}

/**
 * The alert's own priority applies to the incident when it is higher. An incident that closed long ago refuses.
 */
export async function joinIncident(
  parts: { recorder: Recorder; snapshots: ConfigSnapshots },
  tx: EntityManager,
  incident: string,
  { actor, onBehalfOf, decided, page, ...joined }: Joining,
): Promise<RecordOutcome> {
  const locked = await lockIncident(tx, incident);
  if (locked === null) return { kind: 'not_found' };
  const isHigher = decided.priority < locked.state.priority;
  const weighed = isHigher ? await planPriority(tx, parts, locked, { ...decided, by: null }) : null;
  const outcome = await parts.recorder.recordLocked(tx, locked, {
    incidentId: incident,
    actor,
    onBehalfOf,
    command: {
      type: 'join_alert',
      ...joined,
      ...(page === undefined ? {} : { page }),
      weight: weighed?.weight ?? null,
    },
  });
  if (outcome.kind === 'accepted' && weighed !== null) {
    const set = outcome.events.find((event) => event.kind === 'priority_set');
    // A group that never pages engages no further team.
    const isQuiet = set?.kind === 'priority_set' && set.data.engaged.length === 0;
    const response = isQuiet
      ? { ...weighed.response, escalations: locked.response.escalations }
      : weighed.response;
    if (set !== undefined) await saveResponse(tx, outcome.state, response);
  }
  return outcome;
}

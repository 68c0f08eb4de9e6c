/** A person, or the canary, declares an incident. */
import type { EntityManager } from 'typeorm';
import type { Priority, Severity } from '../../domain/config/terms.js';
import type { Actor, IncidentState } from '../../domain/incident/state.js';
import { prioritise } from '../../domain/priority/prioritise.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { databaseTime } from '../connection/database-time.js';
import { openIncident } from './open-incident.js';
import type { Recorder } from './record.js';

export interface DeclareRequest {
  title: string;
  service: string | null;
  severity?: Severity;
  priority?: Priority;
  description?: string;
  actor: Actor;
  onBehalfOf?: string | undefined;
}

export interface Declaring {
  recorder: Recorder;
  snapshots: ConfigSnapshots;
}

/** Opens an incident without an alert, in the caller's transaction. A title is enough. */
export async function declareIncident(
  tx: EntityManager,
  { recorder, snapshots }: Declaring,
  { title, service, severity, priority, description, actor, onBehalfOf }: DeclareRequest,
): Promise<IncidentState> {
  const now = await databaseTime(tx);
  const snapshot = await snapshots.latest(tx);
  const decided = prioritise(snapshot, {
    service,
    source: '',
    signal: { title, severity: severity ?? 'error', labels: {} },
    now,
  });
  const state = await openIncident(tx, {
    title,
    service,
    severity: severity ?? 'error',
    priority: priority ?? decided.priority,
    priorityReasons: priority === undefined ? decided.reasons : [`set to ${priority} when it was declared`],
    drill: null,
    alert: null,
    actor,
    onBehalfOf,
    now,
    snapshot,
  });
  if (description === undefined || description === '') return state;
  const noted = await recorder.recordIn(tx, {
    incidentId: state.id,
    actor,
    onBehalfOf,
    command: { type: 'note', text: description.slice(0, 2000) },
  });
  return noted.kind === 'not_found' ? state : noted.state;
}

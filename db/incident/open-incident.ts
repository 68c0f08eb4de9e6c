/** Opens an incident: number, frozen response, first event, outbox and audit in the caller's transaction. */
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { CANARY } from '../../domain/canary/canary.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { Priority, Severity } from '../../domain/config/terms.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import { foldEvents } from '../../domain/incident/fold.js';
import type { Actor, IncidentState } from '../../domain/incident/state.js';
import { buildResponse, engagedEscalations, plannedReview } from '../../domain/response/build-response.js';
import { jsonbSafeText } from '../../domain/shared/jsonb-safe.js';
import { newBridgeRoom } from './bridge-room.js';
import { writeEvents } from './incident-row.js';
import { announceEvents } from '../subscription/subscriptions.js';

export interface OpenIncident {
  title: string;
  service: string | null;
  severity: Severity;
  priority: Priority;
  priorityReasons: string[];
  /** Drill run id. */
  drill: string | null;
  /** Id of the alert that opens the incident. */
  alert: string | null;
  actor: Actor;
  onBehalfOf?: string | undefined;
  now: string;
  snapshot: ConfigSnapshot;
}

export async function openIncident(tx: EntityManager, open: OpenIncident): Promise<IncidentState> {
  const title = jsonbSafeText(open.title);
  const id = randomUUID();
  const { number, name } = await nextNumber(tx, open.service);
  const response = buildResponse(open.snapshot, open.service, open.priority, newBridgeRoom(name));
  const event: IncidentEvent = {
    seq: 1,
    at: open.now,
    actor: open.actor,
    ...(open.onBehalfOf === undefined ? {} : { onBehalfOf: open.onBehalfOf }),
    kind: 'opened',
    data: {
      number: name,
      title,
      service: open.service,
      team: response.escalations[0]?.team ?? 'organisation',
      severity: open.severity,
      priority: open.priority,
      priorityReasons: open.priorityReasons,
      drill: open.drill,
      escalations: engagedEscalations(response),
      ackTimeoutMs: response.ackTimeoutMs,
      alert: open.alert,
      ...(response.quietMs === undefined ? {} : { quietMs: response.quietMs }),
      ...(response.updatesEveryMs === undefined ? {} : { updatesEveryMs: response.updatesEveryMs }),
      postmortem: plannedReview(response),
    },
  };
  const state = foldEvents(id, null, [event]);
  await writeEvents(tx, {
    opening: { number, response },
    locked: { response, now: open.now },
    state,
    events: [event],
    action: 'open',
    actor: open.actor,
    onBehalfOf: open.onBehalfOf,
    tellWorkflow: true,
  });
  await announceEvents(tx, open.snapshot, { id, before: null, events: [event], response, now: open.now });
  return state;
}

/** The canary has numbers of its own, negative in the column, so that ordinary numbers have no gaps. */
async function nextNumber(
  tx: EntityManager,
  service: string | null,
): Promise<{ number: number; name: string }> {
  const ofCanary = service === CANARY;
  const rows: { number: string }[] = await tx.query('SELECT nextval($1::regclass) AS number', [
    ofCanary ? 'canary_number' : 'incident_number',
  ]);
  const number = Number(rows[0]?.number);
  return ofCanary ? { number: -number, name: `CANARY-${number}` } : { number, name: `INC-${number}` };
}

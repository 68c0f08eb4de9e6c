/** The `incident` row: reads it under its lock, and writes events, fold, outbox and audit in one statement. */
import type { EntityManager } from 'typeorm';
import { isCanary } from '../../domain/canary/canary.js';
import { nextDeadline } from '../../domain/incident/deadline.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { Actor, IncidentState } from '../../domain/incident/state.js';
import { toldWorkflows } from '../../domain/incident/told-workflows.js';
import { auditInsert } from '../audit/write-audit.js';

export interface LockedIncident {
  state: IncidentState;
  response: IncidentResponse;
  /** Database time of this transaction's first read, ISO 8601. */
  now: string;
  /** Stamp of the configuration in force (`config_head`). */
  configVersion: number;
}

interface IncidentRow {
  state: IncidentState;
  response: IncidentResponse;
  now: Date;
  version: string;
}

export async function lockIncident(tx: EntityManager, incidentId: string): Promise<LockedIncident | null> {
  const rows: IncidentRow[] = await tx.query(
    `SELECT i.state, i.response, tocsin_now() AS now, (SELECT version + live FROM config_head) AS version
       FROM incident i WHERE i.id = $1 FOR UPDATE OF i`,
    [incidentId],
  );
  const row = rows[0];
  return row === undefined ? null : lockedOf(row);
}

/** Locks several in the order of their ids. */
export async function lockIncidents(
  tx: EntityManager,
  incidentIds: readonly string[],
): Promise<LockedIncident[]> {
  const rows: IncidentRow[] = await tx.query(
    `SELECT i.state, i.response, tocsin_now() AS now, (SELECT version + live FROM config_head) AS version
       FROM incident i WHERE i.id = ANY ($1::uuid[]) ORDER BY i.id FOR UPDATE OF i`,
    [incidentIds],
  );
  return rows.map(lockedOf);
}

const lockedOf = ({ state, response, now, version }: IncidentRow): LockedIncident => ({
  state,
  response,
  now: now.toISOString(),
  configVersion: Number(version),
});

/** Columns set only on a new row; the others come from the fold. */
interface NewIncident {
  number: number;
  response: IncidentResponse;
}

export interface WriteRequest {
  /** Set by the first event: the row is inserted instead of updated. */
  opening?: NewIncident;
  locked: Pick<LockedIncident, 'response' | 'now'>;
  state: IncidentState;
  events: IncidentEvent[];
  /** Name of the command, for the audit entry. */
  action: string;
  actor: Actor;
  onBehalfOf?: string | undefined;
  tellWorkflow: boolean;
  /** The workflows hear of it with the relay's next look (a second at most): nothing in it is urgent. */
  isQuiet?: boolean;
}

/**
 * Events, fold, outbox, audit and both notifications in one round trip. The outbox gets a row for the incident's
 * workflow and, for an event of a runbook run, one for that run's workflow.
 */
export async function writeEvents(tx: EntityManager, request: WriteRequest): Promise<void> {
  const { state, events, locked, actor, onBehalfOf, opening } = request;
  const told = events.flatMap((message) =>
    toldWorkflows(message, { state, tellWorkflow: request.tellWorkflow }).map((workflow_id) => ({
      workflow_id,
      message,
    })),
  );
  await tx.query(
    `WITH event AS (
       INSERT INTO incident_event (incident_id, seq, at, kind, actor, on_behalf_of, data)
       SELECT $1, (e->>'seq')::int, $4, e->>'kind', e->>'actor', e->>'onBehalfOf', e->'data' FROM jsonb_array_elements($2::jsonb) e),
     fold AS (${opening === undefined ? changeRow : makeRow}),
     told AS (
       INSERT INTO outbox (workflow_id, incident_id, seq, message, created_at)
       SELECT o.workflow_id, $1, (o.message->>'seq')::int, o.message, $4
         FROM jsonb_to_recordset($15::jsonb) AS o (workflow_id text, message jsonb)),
     audit AS (
       ${audit})
     SELECT pg_notify('tocsin_event', $19),
            (SELECT count(pg_notify('tocsin_outbox', w)) FROM unnest($20::text[]) AS w)`,
    [
      state.id,
      JSON.stringify(events),
      JSON.stringify(state),
      locked.now,
      state.seq,
      state.priority,
      state.status,
      state.postmortem.status,
      state.mergedInto,
      nextDeadline(state, locked.response.settleMs),
      state.acknowledgedAt,
      state.resolvedAt,
      state.closedAt,
      state.title,
      JSON.stringify(told),
      actor,
      isRoutine(request) ? null : `incident.${request.action}`,
      JSON.stringify({
        number: state.number,
        events: events.map(({ seq, kind }) => ({ seq, kind })),
        ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
      }),
      JSON.stringify({ incident: state.id, seq: state.seq }),
      request.isQuiet === true ? [] : [...new Set(told.map((row) => row.workflow_id))],
      ...(opening === undefined
        ? []
        : [opening.number, state.service, state.team, state.drill, JSON.stringify(opening.response)]),
    ],
  );
}

const audit = auditInsert({
  at: '$4::timestamptz',
  actor: '$16::text',
  action: '$17::text',
  subject: "'incident/' || $1",
  data: '$18::jsonb',
  from: 'WHERE $17 IS NOT NULL',
});

/**
 * The canary is unacknowledged, paged and acknowledged every minute: its events record that. Audit entries are kept
 * for ever, and no person acted here.
 */
const ROUTINE = new Set(['unacknowledge', 'page', 'acknowledge']);

const isRoutine = ({ state, action }: WriteRequest): boolean => isCanary(state) && ROUTINE.has(action);

const changeRow = `
       UPDATE incident SET seq = $5, state = $3, priority = $6, status = $7, postmortem_status = $8,
         review_kind = $3::jsonb->'postmortem'->>'kind', merged_into = $9,
         next_deadline = $10, acknowledged_at = $11, resolved_at = $12, closed_at = $13, title = $14 WHERE id = $1`;
const makeRow = `
       INSERT INTO incident (id, seq, state, priority, status, postmortem_status, review_kind, merged_into, next_deadline,
         acknowledged_at, resolved_at, closed_at, title, created_at, number, service, team, drill, response)
       VALUES ($1, $5, $3, $6, $7, $8, $3::jsonb->'postmortem'->>'kind', $9, $10, $11, $12, $13, $14, $4, $21, $22, $23, $24, $25)`;

/** One incident: its state, or all of it with its alerts, links and post-mortem status. */
import type { IncidentResponse } from '../../domain/incident/response.js';
import { openRoles } from '../../domain/response/open-roles.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { heldBackBy } from '../alert/inhibiting-alerts.js';
import { type AlertReply, alertsOfIncident } from '../alert/alert-view.js';
import { type IncidentReply, incidentReply } from './incident-reply.js';
import { isUuid } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';

export interface IncidentDetail extends IncidentReply {
  bridge: string | null;
  /** Roles that the response plan asks for and nobody has. */
  openRoles: string[];
  /** Links of the service, such as dashboards. */
  links: { title: string; url: string }[];
  /** At most 50, those that fire first, each newest first; `alertsTotal` counts all. */
  alerts: AlertReply[];
  /** Alerts that its alerts hold back now (kind Inhibition). */
  holdsBack: number;
  postmortem: { status: string; due: string | null; author: string | null; revision: number };
}

const ALERTS_SHOWN = 50;

/** By uuid or by number (`INC-42`, case-insensitive); null when there is none. */
export async function getIncident(db: Querying, idOrNumber: string): Promise<IncidentDetail | null> {
  const id = await incidentIdOf(db, idOrNumber);
  if (id === null) return null;
  const rows: {
    state: IncidentState;
    bridge: string | null;
    roles: string[] | null;
    links: IncidentDetail['links'] | null;
  }[] = await db.query(
    `SELECT i.state, i.response->>'bridge' AS bridge, i.response->'roles' AS roles,
            (SELECT o.spec->'links' FROM config_object o WHERE o.kind = 'Service' AND o.name = i.service
              ORDER BY o.revision DESC LIMIT 1) AS links
       FROM incident i WHERE i.id = $1`,
    [id],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { status, due, author, revision } = row.state.postmortem;
  return {
    ...incidentReply(row.state),
    bridge: row.bridge,
    openRoles: openRoles({ roles: row.roles ?? [] }, row.state),
    links: row.links ?? [],
    alerts: await alertsOfIncident(db, id, ALERTS_SHOWN),
    holdsBack: await heldBackBy(db, id),
    postmortem: { status, due, author, revision },
  };
}

/** The uuid of an incident given by uuid or number; null when there is none. */
export async function incidentIdOf(db: Querying, idOrNumber: string): Promise<string | null> {
  if (isUuid(idOrNumber)) {
    const rows: { id: string }[] = await db.query('SELECT id FROM incident WHERE id = $1', [idOrNumber]);
    return rows[0]?.id ?? null;
  }
  const number = /^INC-(\d{1,15})$/i.exec(idOrNumber)?.[1];
  if (number === undefined) return null;
  const rows: { id: string }[] = await db.query('SELECT id FROM incident WHERE number = $1', [number]);
  return rows[0]?.id ?? null;
}

/** The fold of an incident with its frozen response; null when there is none. */
export async function getState(
  db: Querying,
  incidentId: string,
): Promise<{ state: IncidentState; response: IncidentResponse } | null> {
  const rows: { state: IncidentState; response: IncidentResponse }[] = await db.query(
    'SELECT state, response FROM incident WHERE id = $1',
    [incidentId],
  );
  return rows[0] ?? null;
}

/** People who were paged for the incident or work on it. */
export async function respondersOf(db: Querying, id: string): Promise<string[]> {
  const rows: { person: string }[] = await db.query(
    `SELECT r->>'person' AS person FROM incident i, jsonb_array_elements(i.state->'responders') r WHERE i.id = $1`,
    [id],
  );
  return rows.map(({ person }) => person);
}

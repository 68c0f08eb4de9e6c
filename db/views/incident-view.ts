/** One incident with what belongs to it, and lists of incidents, newest first. */
import type { Severity } from '../../domain/config/specs.js';
import type { IncidentState, IncidentStatus } from '../../domain/incident/state.js';
import { type IncidentReply, incidentReply } from './incident-reply.js';
import { idOf, isUuid, type Page, pageLimit, pageOf, type Querying } from './page.js';

export interface AlertReply {
  id: string;
  source: string;
  dedupKey: string;
  status: 'open' | 'closed';
  title: string;
  severity: Severity;
  service: string | null;
  labels: Record<string, string>;
  links: unknown[];
  count: number;
  firstAt: string;
  lastAt: string;
  closedAt: string | null;
}

export interface IncidentDetail extends IncidentReply {
  bridge: string | null;
  /** Links of the service: dashboards and the like. */
  links: { title: string; url: string }[];
  /** The newest ones, at most 50; `alertsTotal` says how many there are. */
  alerts: AlertReply[];
  postmortem: { status: string; due: string | null; author: string | null; revision: number };
}

const ALERTS_SHOWN = 50;

/** By uuid or by number (`INC-42`, case aside); null when there is none. */
export async function getIncident(db: Querying, idOrNumber: string): Promise<IncidentDetail | null> {
  const id = await incidentIdOf(db, idOrNumber);
  if (id === null) return null;
  const rows: { state: IncidentState; bridge: string | null; links: IncidentDetail['links'] | null }[] =
    await db.query(
      `SELECT i.state, i.response->>'bridge' AS bridge,
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
    links: row.links ?? [],
    alerts: await readAlerts(db, id),
    postmortem: { status, due, author, revision },
  };
}

/** The uuid of an incident named either way; null when there is none. */
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

async function readAlerts(db: Querying, incidentId: string): Promise<AlertReply[]> {
  type Row = Omit<AlertReply, 'count' | 'firstAt' | 'lastAt' | 'closedAt'> & {
    count: string;
    firstAt: Date;
    lastAt: Date;
    closedAt: Date | null;
  };
  const rows: Row[] = await db.query(
    `SELECT id, source, dedup_key AS "dedupKey", status, title, severity, service, labels, links, count,
            first_at AS "firstAt", last_at AS "lastAt", closed_at AS "closedAt"
       FROM alert WHERE incident_id = $1 ORDER BY first_at DESC, id DESC LIMIT $2`,
    [incidentId, ALERTS_SHOWN],
  );
  return rows.map((row) => ({
    ...row,
    count: Number(row.count),
    firstAt: row.firstAt.toISOString(),
    lastAt: row.lastAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  }));
}

export interface IncidentFilter {
  /** Left out or empty: all. */
  status?: readonly IncidentStatus[];
  service?: string;
  team?: string;
  /** True: only drills; false: none. */
  drill?: boolean;
  limit?: number;
  /** `next` of the page before; another text throws InvalidCursor. */
  cursor?: string;
}

export async function listIncidents(db: Querying, filter: IncidentFilter = {}): Promise<Page<IncidentReply>> {
  const limit = pageLimit(filter.limit);
  const status = filter.status ?? [];
  // Written out, so that the planner may use the partial index of open incidents.
  const onlyOpen = status.length > 0 && !status.includes('closed') ? `AND i.status <> 'closed'` : '';
  const rows: { id: string; state: IncidentState }[] = await db.query(
    `SELECT i.id, i.state FROM incident i
      WHERE (cardinality($1::text[]) = 0 OR i.status = ANY ($1)) ${onlyOpen}
        AND ($2::text IS NULL OR i.service = $2)
        -- The canary's numbers are below zero; it is no incident of anybody's.
        AND i.number > 0
        AND ($3::text IS NULL OR i.team = $3)
        AND ($4::boolean IS NULL OR (i.drill IS NOT NULL) = $4)
        AND ($5::uuid IS NULL OR (i.created_at, i.id) < (SELECT c.created_at, c.id FROM incident c WHERE c.id = $5))
      ORDER BY i.created_at DESC, i.id DESC LIMIT $6`,
    [
      status,
      filter.service ?? null,
      filter.team ?? null,
      filter.drill ?? null,
      idOf(filter.cursor),
      limit + 1,
    ],
  );
  return pageOf(
    rows,
    limit,
    (row) => row.id,
    (row) => incidentReply(row.state),
  );
}

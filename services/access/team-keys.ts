/**
 * A key for one team works inside that team only. Deny by default: a route accepts such keys only when it declares how its team
 * is found (`@TeamKeys`); every other route refuses them, a new route too.
 */
import type { FastifyRequest } from 'fastify';
import type { DataSource } from 'typeorm';
import { isUuid } from '../../db/connection/page.js';
import { incidentIdOf } from '../../db/incident/incident-view.js';
import type { Identity } from '../common/identity.js';
import { forbidden, notFound } from '../common/problem.js';

/**
 * `incident`, `run`: the `:id` of the path belongs to the team. `asked`: the handler checks the request itself (`requireTeam`).
 * `self`: the route is about the key alone.
 */
export type TeamKeys = 'incident' | 'run' | 'asked' | 'self';

export async function requireOwnTeam(
  dataSource: DataSource,
  request: Pick<FastifyRequest, 'identity' | 'params' | 'routeOptions'>,
): Promise<void> {
  const team = request.identity?.team ?? null;
  if (team === null) return;
  const found = request.routeOptions.config.teamKeys;
  if (found === undefined)
    throw forbidden(
      `This key is for the team ${team}, and this route is for the whole organisation; use a key without a team.`,
    );
  if (found === 'asked' || found === 'self') return;
  const { id = '' } = (request.params ?? {}) as { id?: string };
  const incident = found === 'run' ? await incidentOfRun(dataSource, id) : await incidentIdOf(dataSource, id);
  if (incident === null || !(await isEngaged(dataSource, incident, team)))
    throw notFound(`There is no ${found} ${id.slice(0, 64)} of the team ${team}.`);
}

/** For handlers that learn the team from a body. */
export function requireTeam({ team }: Pick<Identity, 'team'>, of: string | null, what: string): void {
  if (team !== null && team !== of) throw forbidden(`This key is for the team ${team}, and ${what} is not.`);
}

export async function requireIncidentOfTeam(
  dataSource: DataSource,
  { team }: Pick<Identity, 'team'>,
  incident: string,
): Promise<void> {
  if (team === null) return;
  const id = await incidentIdOf(dataSource, incident);
  if (id === null || !(await isEngaged(dataSource, id, team)))
    throw notFound(`There is no incident ${incident.slice(0, 64)} of the team ${team}.`);
}

/** True when the team owns the incident or was engaged on it. */
async function isEngaged(dataSource: DataSource, incident: string, team: string): Promise<boolean> {
  const rows: unknown[] = await dataSource.query(
    `SELECT 1 FROM incident WHERE id = $1 AND (team = $2 OR state->'escalations' @> jsonb_build_array(jsonb_build_object('team', $2::text)))`,
    [incident, team],
  );
  return rows.length > 0;
}

async function incidentOfRun(dataSource: DataSource, run: string): Promise<string | null> {
  if (!isUuid(run)) return null;
  const rows: { id: string }[] = await dataSource.query('SELECT incident_id AS id FROM run WHERE id = $1', [
    run,
  ]);
  return rows[0]?.id ?? null;
}

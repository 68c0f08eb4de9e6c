/** Reads the recorded facts of one incident for its post-mortem. Lists are capped: a storm stays readable. */
import type { ServiceSpec } from '../../domain/config/service-spec.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import { EVENT_COLUMNS, type EventRow, toEvent } from './event-row.js';
import type { IncidentState } from '../../domain/incident/state.js';
import type { IssuedNotification, RecordedAlert, RecordedFacts } from '../../domain/postmortem/draft.js';
import { documentsNamed, namesFrom } from '../../domain/people/spoken.js';
import { getNames } from '../people/names-view.js';
import type { Querying } from '../connection/querying.js';
import { documentKey } from '../../domain/config/display-names.js';

const EVENTS = 2000;
const NOTIFICATIONS = 1000;
const ALERTS = 200;

export async function readRecordedFacts(
  tx: Querying,
  state: IncidentState,
  service: Pick<ServiceSpec, 'displayName' | 'dependsOn'> | null,
): Promise<RecordedFacts> {
  const events = await readKeyEvents(tx, state.id);
  return {
    state,
    service,
    events,
    notifications: await readNotifications(tx, state.id),
    alerts: await readAlerts(tx, state.id),
    // Not measured yet; people write it.
    usersAffected: null,
    nameOf: namesFrom(
      await getNames(tx, [
        ...documentsNamed(events),
        ...(service?.dependsOn ?? []).map((one) => documentKey('Service', one)),
      ]),
    ),
    zone: await zoneOf(tx, state.team),
  };
}

/** Time zone of the owning team, because the whole team reads the draft. */
async function zoneOf(tx: Querying, team: string): Promise<string> {
  const rows: { zone: string | null }[] = await tx.query(
    `SELECT spec->>'timezone' AS zone FROM config_object WHERE kind = 'Team' AND name = $1 AND spec IS NOT NULL
      ORDER BY revision DESC LIMIT 1`,
    [team],
  );
  return rows[0]?.zone ?? 'UTC';
}

/** All events except the alerts' own, of which there may be many thousands. */
async function readKeyEvents(tx: Querying, incidentId: string): Promise<IncidentEvent[]> {
  const rows: EventRow[] = await tx.query(
    `SELECT ${EVENT_COLUMNS} FROM incident_event
      WHERE incident_id = $1 AND kind NOT IN ('alert_joined', 'alert_closed') ORDER BY seq LIMIT $2`,
    [incidentId, EVENTS],
  );
  return rows.map(toEvent);
}

/**
 * Notifications that were sent or attempted. Rows suppressed by an acknowledgement before any attempt are left out.
 */
async function readNotifications(tx: Querying, incidentId: string): Promise<IssuedNotification[]> {
  const rows: (Omit<IssuedNotification, 'at' | 'sentAt'> & { at: Date; sentAt: Date | null })[] =
    await tx.query(
      `SELECT d.person, d.channel, d.type, d.created_at AS at, sent.at AS "sentAt", d.state, d.reason,
            s.state = 'delivered' AS reached
       FROM delivery d
       -- A bundled page was delivered by its bundle.
       JOIN delivery s ON s.id = CASE WHEN d.sent_in_bundle THEN d.bundle ELSE d.id END
       LEFT JOIN LATERAL (
         SELECT max(coalesce(a.finished_at, a.at)) AS at FROM delivery_attempt a
          WHERE a.delivery_id = s.id AND a.outcome = 'accepted') sent ON true
      WHERE d.incident_id = $1 AND d.type NOT IN ('review.requested', 'incident.event', 'page.updated') AND (s.attempts > 0 OR s.state IN ('failed', 'exhausted'))
      ORDER BY d.created_at, d.id LIMIT $2`,
      [incidentId, NOTIFICATIONS],
    );
  return rows.map((row) => ({ ...row, at: row.at.toISOString(), sentAt: row.sentAt?.toISOString() ?? null }));
}

async function readAlerts(tx: Querying, incidentId: string): Promise<RecordedAlert[]> {
  const rows: (Omit<RecordedAlert, 'firstAt' | 'closedAt' | 'count'> & {
    count: string;
    firstAt: Date;
    closedAt: Date | null;
  })[] = await tx.query(
    `SELECT id, title, severity, source, count, first_at AS "firstAt", closed_at AS "closedAt"
         FROM alert WHERE incident_id = $1 ORDER BY first_at, id LIMIT $2`,
    [incidentId, ALERTS],
  );
  return rows.map((row) => ({
    ...row,
    count: Number(row.count),
    firstAt: row.firstAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  }));
}

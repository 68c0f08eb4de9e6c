/**
 * Releases incidents that depend on a person who was deleted, or whose role no longer responds to incidents: roles
 * and acknowledgement are given up, steps that page only this person go on. Found on the record, so that a crash
 * between the change of the person and this loses nothing.
 */
import type { DataSource } from 'typeorm';
import type { Role } from '../../domain/config/terms.js';
import type { Recorder } from './record.js';

/** Paged, acknowledged, snoozed or given a role while the person could respond, and not since. */
const PART = `e.incident_id = i.id AND (
  (e.kind = 'paged' AND e.data->'people' ? p.name)
  OR (e.kind IN ('acknowledged', 'role_assigned') AND e.data->>'person' = p.name)
  OR (e.kind = 'snoozed' AND coalesce(e.on_behalf_of, e.actor) = p.name))`;
const PAGED_BEFORE = `(EXISTS (SELECT 1 FROM incident_event e WHERE ${PART} AND e.at <= p.demoted_at)
  AND NOT EXISTS (SELECT 1 FROM incident_event e WHERE ${PART} AND e.at > p.demoted_at))`;
/**
 * SQL: the people on whom incident `i` depends. Starting from the incidents keeps the cost proportional to what is
 * open, not to everybody who ever left.
 */
const COUNTED_ON = `
  SELECT i.state->>'commander'
   UNION SELECT i.state->>'acknowledgedBy' WHERE i.status = 'acknowledged'
   UNION SELECT i.state->>'snoozedBy' WHERE i.state->>'snoozedUntil' IS NOT NULL
   UNION SELECT value FROM jsonb_each_text(i.state->'roles')
   UNION SELECT name FROM jsonb_array_elements(i.state->'escalations') t, LATERAL (
           SELECT t->>'named'
            UNION ALL SELECT jsonb_array_elements_text(t->'paged') WHERE t ? 'paged'
            UNION ALL SELECT jsonb_array_elements_text(t->'awaiting')
            UNION ALL SELECT r->>'person' FROM jsonb_array_elements(i.state->'responders') r
                       WHERE i.status = 'acknowledged' AND t->>'phase' = 'answered' AND (t->>'required')::boolean
                         AND r->>'team' = t->>'team') counted (name)`;
/** The rest is found on the next run. */
const AT_ONCE = 200;

interface Found {
  incident: string;
  person: string;
  active: boolean;
  role: Role;
}

export class GoneResponders {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
  ) {}

  /** Returns the number of changed incidents. */
  async release(): Promise<number> {
    let changed = 0;
    for (const { incident, person, active, role } of await this.find()) {
      const reason = active ? `has the role ${role} now` : 'was deleted';
      const outcome = await this.recorder.record({
        incidentId: incident,
        actor: 'tocsin',
        command: { type: 'person_left', person, reason },
      });
      if (outcome.kind === 'accepted') changed += 1;
    }
    return changed;
  }

  private find(): Promise<Found[]> {
    return this.dataSource.query(
      `SELECT i.id AS incident, p.name AS person, p.active, p.role
         FROM incident i
        CROSS JOIN LATERAL (${COUNTED_ON}) involved (name)
         JOIN person p ON p.name = involved.name AND (NOT p.active OR p.demoted_at IS NOT NULL)
        WHERE i.status IN ('triggered', 'acknowledged') AND (NOT p.active OR ${PAGED_BEFORE})
        ORDER BY i.created_at LIMIT $1`,
      [AT_ONCE],
    );
  }
}

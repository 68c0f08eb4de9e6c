/**
 * Incidents that count on somebody who was deleted, or whose role answers no incidents any more: what they have is given back,
 * what was asked of them alone goes on. Looked for on the record, so that a crash between the change and this loses nothing.
 */
import type { DataSource } from 'typeorm';
import type { Role } from '../domain/config/specs.js';
import type { Recorder } from './record.js';

/** Of this incident: paged, answered or given a role while they still could; and nothing of it since. */
const PART = `e.incident_id = i.id AND (
  (e.kind = 'paged' AND e.data->'people' ? p.name)
  OR (e.kind IN ('acknowledged', 'role_assigned') AND e.data->>'person' = p.name))`;
const ASKED_BEFORE = `(EXISTS (SELECT 1 FROM incident_event e WHERE ${PART} AND e.at <= p.demoted_at)
  AND NOT EXISTS (SELECT 1 FROM incident_event e WHERE ${PART} AND e.at > p.demoted_at))`;
/** The people whom incident `i` counts on: found from the incident, so that the cost grows with what is open, not with who ever left. */
const COUNTED_ON = `
  SELECT i.state->>'commander'
   UNION SELECT i.state->>'acknowledgedBy' WHERE i.status = 'acknowledged'
   UNION SELECT value FROM jsonb_each_text(i.state->'roles')
   UNION SELECT name FROM jsonb_array_elements(i.state->'tracks') t, LATERAL (
           SELECT t->>'named'
            UNION ALL SELECT jsonb_array_elements_text(t->'asked') WHERE t ? 'asked'
            UNION ALL SELECT jsonb_array_elements_text(t->'awaiting')
            UNION ALL SELECT r->>'person' FROM jsonb_array_elements(i.state->'responders') r
                       WHERE i.status = 'acknowledged' AND t->>'phase' = 'answered' AND (t->>'required')::boolean
                         AND r->>'team' = t->>'team') counted (name)`;
/** The rest is found at the next look. */
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

  /** Answers how many incidents changed. */
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
        WHERE i.status IN ('triggered', 'acknowledged') AND (NOT p.active OR ${ASKED_BEFORE})
        ORDER BY i.created_at LIMIT $1`,
      [AT_ONCE],
    );
  }
}

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
         FROM incident i JOIN person p ON NOT p.active OR p.demoted_at IS NOT NULL
        WHERE i.status IN ('triggered', 'acknowledged') AND (NOT p.active OR ${ASKED_BEFORE})
          AND (i.state->>'commander' = p.name
            OR (i.status = 'acknowledged' AND i.state->>'acknowledgedBy' = p.name)
            OR EXISTS (SELECT 1 FROM jsonb_each_text(i.state->'roles') r WHERE r.value = p.name)
            OR EXISTS (SELECT 1 FROM jsonb_array_elements(i.state->'tracks') t
                        WHERE t->>'named' = p.name OR t->'asked' ? p.name OR t->'awaiting' ? p.name
                           OR (i.status = 'acknowledged' AND t->>'phase' = 'answered' AND (t->>'required')::boolean
                               AND i.state->'responders' @> jsonb_build_array(jsonb_build_object('person', p.name, 'team', t->>'team')))))
        ORDER BY i.created_at LIMIT $1`,
      [AT_ONCE],
    );
  }
}

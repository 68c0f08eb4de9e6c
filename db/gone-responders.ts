/**
 * Incidents that count on somebody who was deleted, or whose role answers no incidents any more: what they have is given back,
 * what was asked of them alone goes on. Looked for on the record, so that a crash between the change and this loses nothing.
 */
import type { DataSource } from 'typeorm';
import { mayAnswer } from '../domain/access/permissions.js';
import type { Role } from '../domain/config/specs.js';
import type { Recorder } from './record.js';

const ROLES: readonly Role[] = ['admin', 'manager', 'responder', 'stakeholder'];
const UNABLE = ROLES.filter((role) => !mayAnswer(role));
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
         FROM incident i JOIN person p ON NOT p.active OR p.role = ANY ($1)
        WHERE i.status IN ('triggered', 'acknowledged')
          AND (i.state->>'commander' = p.name
            OR (i.status = 'acknowledged' AND i.state->>'acknowledgedBy' = p.name)
            OR EXISTS (SELECT 1 FROM jsonb_each_text(i.state->'roles') r WHERE r.value = p.name)
            OR EXISTS (SELECT 1 FROM jsonb_array_elements(i.state->'tracks') t
                        WHERE t->>'named' = p.name OR t->'asked' ? p.name OR t->'awaiting' ? p.name
                           OR (i.status = 'acknowledged' AND t->>'phase' = 'answered' AND (t->>'required')::boolean
                               AND i.state->'responders' @> jsonb_build_array(jsonb_build_object('person', p.name, 'team', t->>'team')))))
        ORDER BY i.created_at LIMIT $2`,
      [UNABLE, AT_ONCE],
    );
  }
}

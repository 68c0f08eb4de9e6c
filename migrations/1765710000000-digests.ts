/** Digests: the small incidents of a team, reviewed together, with what became of each. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Digests1765710000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      // A column of its own: an index over the state would cost every event of every incident.
      `ALTER TABLE incident ADD COLUMN review_kind text NOT NULL DEFAULT 'full'`,
      `UPDATE incident SET review_kind = coalesce(state->'postmortem'->>'kind', 'full')`,
      `ALTER TABLE incident ADD CONSTRAINT incident_review_kind
         CHECK (review_kind IN ('full', 'light', 'digest', 'none'))`,
      `CREATE INDEX incident_awaiting_digest ON incident (team, resolved_at)
         WHERE status = 'resolved' AND review_kind = 'digest'`,
      `CREATE TABLE digest (
         id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team text NOT NULL, status text NOT NULL DEFAULT 'open',
         opened_at timestamptz NOT NULL, due timestamptz NOT NULL, reviewer text, because text NOT NULL DEFAULT '',
         escalated boolean NOT NULL DEFAULT false, requests integer NOT NULL DEFAULT 0, reminders integer NOT NULL DEFAULT 0,
         sentence text, decided_by text, decided_at timestamptz, up_to integer, ended_at timestamptz,
         CONSTRAINT digest_status CHECK (status IN ('open', 'approving', 'approved', 'empty')),
         CONSTRAINT digest_decided CHECK (status NOT IN ('approving', 'approved') OR
           (decided_by IS NOT NULL AND decided_at IS NOT NULL AND sentence IS NOT NULL AND up_to IS NOT NULL)))`,
      // Whoever else opens one for the team at the same moment finds this one.
      `CREATE UNIQUE INDEX digest_open_team ON digest (team) WHERE status IN ('open', 'approving')`,
      `CREATE TABLE digest_item (
         digest_id bigint NOT NULL REFERENCES digest (id), incident_id uuid NOT NULL REFERENCES incident (id), n integer NOT NULL,
         resolved_at timestamptz NOT NULL, state text NOT NULL DEFAULT 'listed', reason text, at timestamptz NOT NULL,
         PRIMARY KEY (digest_id, incident_id),
         CONSTRAINT digest_item_state CHECK (state IN ('listed', 'approved', 'pulled_out', 'left_out')),
         CONSTRAINT digest_item_reason CHECK (state IN ('listed', 'approved') OR reason IS NOT NULL))`,
      `CREATE INDEX digest_item_incident ON digest_item (incident_id)`,
    ])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE digest_item, digest');
    await runner.query('ALTER TABLE incident DROP COLUMN review_kind');
  }
}

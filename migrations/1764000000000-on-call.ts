/** Who stands in for whom, who asked whom to, and the secret addresses of calendars. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const up = [
  // Rows are never changed but for being cancelled: an override ends at `to_at`, or when it was cancelled if that is earlier.
  `CREATE TABLE schedule_override (
     seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id uuid NOT NULL, schedule text NOT NULL, person text NOT NULL,
     from_at timestamptz NOT NULL, to_at timestamptz NOT NULL, reason text, swap_id uuid, created_by text NOT NULL,
     created_at timestamptz NOT NULL, cancelled_by text, cancelled_at timestamptz,
     CONSTRAINT schedule_override_order CHECK (from_at < to_at))`,
  `CREATE UNIQUE INDEX schedule_override_id ON schedule_override (id)`,
  `CREATE INDEX schedule_override_end ON schedule_override (schedule, to_at)`,
  `CREATE TABLE swap_request (
     id uuid PRIMARY KEY, schedule text NOT NULL, asked_by text NOT NULL, asked_to text, from_at timestamptz NOT NULL,
     to_at timestamptz NOT NULL, return_from timestamptz, return_to timestamptz, reason text, state text NOT NULL,
     created_by text NOT NULL, created_at timestamptz NOT NULL, decided_by text, decided_at timestamptz,
     CONSTRAINT swap_request_state CHECK (state IN ('open', 'accepted', 'declined', 'withdrawn')),
     CONSTRAINT swap_request_decided CHECK ((state = 'open') = (decided_at IS NULL)),
     CONSTRAINT swap_request_return CHECK ((return_from IS NULL) = (return_to IS NULL)))`,
  `CREATE INDEX swap_request_schedule ON swap_request (schedule, created_at DESC)`,
  `CREATE INDEX swap_request_open ON swap_request (to_at) WHERE state = 'open'`,
  `CREATE TABLE calendar_feed (
     id uuid PRIMARY KEY, hash bytea NOT NULL, person text, schedule text, owner text, created_by text NOT NULL,
     created_at timestamptz NOT NULL, revoked_by text, revoked_at timestamptz,
     CONSTRAINT calendar_feed_subject CHECK ((person IS NULL) <> (schedule IS NULL)))`,
  `CREATE UNIQUE INDEX calendar_feed_hash ON calendar_feed (hash)`,
];

export class OnCall1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE schedule_override, swap_request, calendar_feed');
  }
}

/** Silences: matchers with an owner, a reason and an end. A row is never deleted, so that "who muted this?" has an answer. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Silences1765900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE silence (
         id uuid PRIMARY KEY, matchers jsonb NOT NULL, teams jsonb, everything boolean NOT NULL, owner text,
         reason text NOT NULL, until_at timestamptz NOT NULL, until_clear boolean NOT NULL, remind_at timestamptz,
         incident_id uuid REFERENCES incident (id), created_by text NOT NULL, created_at timestamptz NOT NULL,
         ended_by text, ended_at timestamptz,
         CONSTRAINT silence_order CHECK (created_at < until_at),
         CONSTRAINT silence_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL)))`,
    );
    await runner.query('CREATE INDEX silence_until ON silence (until_at) WHERE ended_at IS NULL');
    await runner.query('CREATE INDEX silence_created ON silence (created_at, id)');
    await runner.query(
      'CREATE INDEX silence_remind ON silence (remind_at) WHERE ended_at IS NULL AND remind_at IS NOT NULL',
    );
    await runner.query('ALTER TABLE alert ADD COLUMN released_by text');
    await runner.query('CREATE INDEX alert_released_by ON alert (released_by) WHERE released_by IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE alert DROP COLUMN released_by');
    await runner.query('DROP TABLE silence');
  }
}

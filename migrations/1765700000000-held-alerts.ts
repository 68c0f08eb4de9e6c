/** Alerts that a stage holds: open, without an incident, until the holder ends. And the trigger times that `after` counts. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class HeldAlerts1765700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE alert ADD COLUMN held_by text, ADD COLUMN held_until timestamptz, ADD COLUMN judged_at timestamptz,
         ADD COLUMN triggers timestamptz[]`,
    );
    await runner.query(
      `ALTER TABLE alert ADD CONSTRAINT alert_held CHECK (held_by IS NULL OR incident_id IS NULL)`,
    );
    await runner.query(
      `CREATE INDEX alert_held_by ON alert (held_by, judged_at) WHERE status = 'open' AND held_by IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX alert_held_by');
    await runner.query(
      'ALTER TABLE alert DROP COLUMN held_by, DROP COLUMN held_until, DROP COLUMN judged_at, DROP COLUMN triggers',
    );
  }
}

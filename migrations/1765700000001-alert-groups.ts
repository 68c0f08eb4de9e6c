/** The incident that the alerts of a group joined last. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AlertGroups1765700000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE alert_group (
         id text PRIMARY KEY, incident_id uuid NOT NULL REFERENCES incident (id), last_at timestamptz NOT NULL)`,
    );
    await runner.query('CREATE INDEX alert_group_incident ON alert_group (incident_id)');
    await runner.query('CREATE INDEX alert_group_last_at ON alert_group (last_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE alert_group');
  }
}

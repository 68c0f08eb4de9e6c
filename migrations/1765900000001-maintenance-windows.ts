/** Maintenance windows: services, the times at which they are in force, an owner and a reason. A row is never deleted. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class MaintenanceWindows1765900000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE maintenance_window (
         id uuid PRIMARY KEY, services jsonb NOT NULL, spans jsonb NOT NULL, last_to timestamptz NOT NULL, rule jsonb,
         owner text, reason text NOT NULL, remind_at timestamptz, created_by text NOT NULL, created_at timestamptz NOT NULL,
         ended_by text, ended_at timestamptz,
         CONSTRAINT maintenance_window_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL)))`,
    );
    await runner.query(
      'CREATE INDEX maintenance_window_last_to ON maintenance_window (last_to) WHERE ended_at IS NULL',
    );
    await runner.query('CREATE INDEX maintenance_window_created ON maintenance_window (created_at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE maintenance_window');
  }
}

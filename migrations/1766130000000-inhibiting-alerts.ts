/** Alerts that hold others back while they fire. Small: rows of alerts that are over are deleted. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class InhibitingAlerts1766130000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE inhibiting_alert (alert_id uuid PRIMARY KEY, inhibitions text[] NOT NULL)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE inhibiting_alert');
  }
}

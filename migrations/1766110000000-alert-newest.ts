/** Alerts are listed newest first, a page at a time. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AlertNewest1766110000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX alert_newest ON alert (first_at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX alert_newest');
  }
}

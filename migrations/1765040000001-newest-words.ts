/** What a repeated key said last; the alert's own columns keep what it said first. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class NewestWords1765040000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE alert ADD COLUMN newest jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE alert DROP COLUMN newest');
  }
}

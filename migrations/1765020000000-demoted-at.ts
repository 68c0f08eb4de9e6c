/** Since when a person has a role that answers no incidents, where an earlier one did: what they were asked before goes on. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DemotedAt1765020000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE person ADD COLUMN demoted_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE person DROP COLUMN demoted_at');
  }
}

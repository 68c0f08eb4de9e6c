/** What an idempotency key was used for, so that the same key with another wish can be refused. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class OneWishPerKey1765020000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE command_log ADD COLUMN digest text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE command_log DROP COLUMN digest');
  }
}

/** A second counter beside the configuration's version: live data (overrides, contacts) moves without a document changing. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class LiveData1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE config_head ADD COLUMN live bigint NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE config_head DROP COLUMN live');
  }
}

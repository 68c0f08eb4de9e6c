/** Keys of sources that were deleted or given another: who still sends by one is known by name. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FormerSourceKeys1765420000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE former_source_key (hash bytea PRIMARY KEY, source text NOT NULL, ended_at timestamptz NOT NULL)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE former_source_key');
  }
}

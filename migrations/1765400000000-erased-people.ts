/** When a person was erased: their name is given to nobody again, because the record still speaks of them by it. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ErasedPeople1765400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE person ADD COLUMN erased_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE person DROP COLUMN erased_at');
  }
}

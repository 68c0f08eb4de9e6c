import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The facts that a run's expressions look at are those of its start, so that every reader of the record renders the same. */
export class RunFacts1765070000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE run ADD COLUMN context jsonb');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE run DROP COLUMN context');
  }
}

/** Who gave a command and for whom: a key acts as itself, on behalf of the person it names. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class OnBehalfOf1765050000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE incident_event ADD COLUMN on_behalf_of text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE incident_event DROP COLUMN on_behalf_of');
  }
}

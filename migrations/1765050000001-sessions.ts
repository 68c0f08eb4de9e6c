/** What a session was opened with, so that people recognise it; sign-in links that are mailed. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const kinds = (names: string): string =>
  `ALTER TABLE contact_message DROP CONSTRAINT contact_message_kind, ADD CONSTRAINT contact_message_kind CHECK (kind IN (${names}))`;

export class Sessions1765050000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE session ADD COLUMN client text');
    await runner.query(kinds(`'code', 'test', 'sign-in'`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM contact_message WHERE kind = 'sign-in'`);
    await runner.query(kinds(`'code', 'test'`));
    await runner.query('ALTER TABLE session DROP COLUMN client');
  }
}

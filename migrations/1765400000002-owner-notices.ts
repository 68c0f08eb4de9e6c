/** Notices about no incident, to whoever owns a source: words of their own beside codes, test pages and sign-in links. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const kinds = (names: string): string =>
  `ALTER TABLE contact_message DROP CONSTRAINT contact_message_kind, ADD CONSTRAINT contact_message_kind CHECK (kind IN (${names}))`;

export class OwnerNotices1765400000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE contact_message ADD COLUMN notice jsonb');
    await runner.query(kinds(`'code', 'test', 'sign-in', 'notice'`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM contact_message WHERE kind = 'notice'`);
    await runner.query(kinds(`'code', 'test', 'sign-in'`));
    await runner.query('ALTER TABLE contact_message DROP COLUMN notice');
  }
}

/** When an api listened, and since when a source is expected as it is: what was not heard or not expected is not late. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const up = [
  `CREATE TABLE listening (id smallint PRIMARY KEY CONSTRAINT listening_one CHECK (id = 1), seen_at timestamptz NOT NULL, deaf_from timestamptz, deaf_to timestamptz)`,
  `ALTER TABLE source_heartbeat ADD COLUMN expects jsonb, ADD COLUMN expects_since timestamptz`,
];

export class Hearing1766170000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE listening');
    await runner.query('ALTER TABLE source_heartbeat DROP COLUMN expects, DROP COLUMN expects_since');
  }
}

/** Which root key was used when, so that a process that starts with another one knows; and the end of links of closed incidents. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RootKey1765080000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE root_key (id bytea CONSTRAINT root_key_pkey PRIMARY KEY, since timestamptz NOT NULL)',
    );
    await runner.query(
      `UPDATE link_token l SET expires_at = tocsin_now() + interval '7 days'
         FROM incident i WHERE i.id = l.incident_id AND i.status = 'closed' AND l.expires_at IS NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE root_key');
  }
}

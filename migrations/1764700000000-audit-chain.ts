/** The chain over the audit log (SECURITY.md, audit): each seal holds the one before it, so no entry changes or goes unseen. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AuditChain1764700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No reference to the entry: that one is gone must be seen, not made impossible to see.
    await runner.query(
      `CREATE TABLE audit_seal (
         n bigint PRIMARY KEY, entry_id bigint NOT NULL, hash bytea NOT NULL, at timestamptz NOT NULL,
         CONSTRAINT audit_seal_entry UNIQUE (entry_id))`,
    );
    await runner.query(
      `CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE ON audit_seal
         FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_seal');
  }
}

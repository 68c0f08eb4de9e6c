/** A page that ended with the message that bundled it is marked by a column, not by the words of its reason. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SentInBundle1765600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE delivery ADD COLUMN sent_in_bundle boolean NOT NULL DEFAULT false');
    await runner.query(
      `UPDATE delivery SET sent_in_bundle = true
        WHERE state = 'suppressed' AND bundle IS NOT NULL AND reason LIKE 'bundled into %'`,
    );
    await runner.query(
      `ALTER TABLE delivery ADD CONSTRAINT delivery_sent_in_bundle
         CHECK (NOT sent_in_bundle OR (state = 'suppressed' AND bundle IS NOT NULL))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE delivery DROP COLUMN sent_in_bundle');
  }
}

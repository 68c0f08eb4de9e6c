/** What a form's nonce was used for: the same press again is harmless, another one on the same form is refused, not swallowed. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class NonceUse1765040000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE link_nonce ADD COLUMN used_as text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE link_nonce DROP COLUMN used_as');
  }
}

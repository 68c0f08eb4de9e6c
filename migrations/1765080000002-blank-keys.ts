/** Bodies that were kept with the routing key in them. They are JSON, and read byte for byte. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BlankKeys1765080000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      String.raw`UPDATE ingest_log SET body = convert_to(
           regexp_replace(convert_from(body, 'LATIN1'), '("routing_key"\s*:\s*")[^"]*"', '\1********************************"', 'g'), 'LATIN1')
         WHERE position('routing_key'::bytea IN body) > 0 AND position('\x00'::bytea IN body) = 0`,
    );
  }

  async down(): Promise<void> {
    // What was blanked is not known any more, which was the purpose.
  }
}

/** Clocks of the zones in use, to tell what a newer release of the zone data moves. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ZoneData1766060000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE zone_data (zone text PRIMARY KEY, release text NOT NULL, periods jsonb NOT NULL,
         stored_at timestamptz NOT NULL, change jsonb)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE zone_data');
  }
}

/** Where the round robins of policies stand: who had the last turn. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Policies1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE round_robin (
         place text NOT NULL, is_drill boolean NOT NULL, member text NOT NULL, "index" int NOT NULL,
         moved_at timestamptz NOT NULL, CONSTRAINT round_robin_pkey PRIMARY KEY (place, is_drill))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE round_robin');
  }
}

/** Watches: when each is evaluated and what it remembers, its values in buckets of time, and values that were pushed. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Watches1765720000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE watch_state (
         name text NOT NULL CONSTRAINT watch_state_pkey PRIMARY KEY, next_at timestamptz NOT NULL, leased_until timestamptz,
         version integer NOT NULL DEFAULT 0, state jsonb)`,
    );
    await runner.query('CREATE INDEX watch_state_next_at ON watch_state (next_at)');
    await runner.query(
      `CREATE TABLE watch_bucket (
         watch text NOT NULL, width integer NOT NULL, at timestamptz NOT NULL, n integer NOT NULL, mean double precision NOT NULL,
         m2 double precision NOT NULL, low double precision NOT NULL, high double precision NOT NULL,
         CONSTRAINT watch_bucket_pkey PRIMARY KEY (watch, width, at))`,
    );
    await runner.query('CREATE INDEX watch_bucket_age ON watch_bucket (width, at)');
    await runner.query(
      `CREATE TABLE pushed_value (
         watch text NOT NULL, at timestamptz NOT NULL, value double precision NOT NULL, received_at timestamptz NOT NULL,
         CONSTRAINT pushed_value_pkey PRIMARY KEY (watch, at))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pushed_value, watch_bucket, watch_state');
  }
}

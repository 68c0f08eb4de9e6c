/** Texts and calls: what they cost in messages a day, and which of them the providers have called back about. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Phone1764350000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE paid_message_count (
  day date NOT NULL,
  scope text NOT NULL,
  count integer NOT NULL DEFAULT 0,
  CONSTRAINT paid_message_count_pkey PRIMARY KEY (day, scope)
)`);
    await runner.query(`
CREATE TABLE phone_sighting (
  tag text NOT NULL,
  provider text NOT NULL,
  provider_id text NOT NULL,
  dead boolean NOT NULL,
  at timestamptz NOT NULL,
  CONSTRAINT phone_sighting_pkey PRIMARY KEY (tag, provider, provider_id)
)`);
    await runner.query('CREATE INDEX phone_sighting_at ON phone_sighting (at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE phone_sighting');
    await runner.query('DROP TABLE paid_message_count');
  }
}

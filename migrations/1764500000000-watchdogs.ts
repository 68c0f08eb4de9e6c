/** What watches the watchers: the canary incident, the ping that goes outside, the auditor; a row each. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Watchdogs1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE watchdog (
         name text PRIMARY KEY, ok boolean NOT NULL, text text NOT NULL, since timestamptz NOT NULL,
         at timestamptz NOT NULL, detail jsonb NOT NULL)`,
    );
    // One row: its lock decides which of several pagers looks after the canary.
    await runner.query(
      `CREATE TABLE canary (
         id boolean PRIMARY KEY DEFAULT true CHECK (id), incident_id uuid REFERENCES incident (id), asked_at timestamptz)`,
    );
    await runner.query('INSERT INTO canary DEFAULT VALUES');
    // People's incidents are numbered without holes.
    await runner.query('CREATE SEQUENCE canary_number');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SEQUENCE canary_number');
    await runner.query('DROP TABLE canary');
    await runner.query('DROP TABLE watchdog');
  }
}

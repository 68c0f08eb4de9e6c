/** Sources that have to be heard from: heartbeats and their pings, and sources with `quietAfter`. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Heartbeats1765700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE source_heartbeat (source text PRIMARY KEY, heard_at timestamptz, started_at timestamptz, failed_at timestamptz,
         alerted_at timestamptz)`,
    );
    await runner.query(
      `CREATE TABLE heartbeat_ping (id uuid PRIMARY KEY, source text NOT NULL, at timestamptz NOT NULL, kind text NOT NULL,
         exit_status integer, output text NOT NULL)`,
    );
    await runner.query('CREATE INDEX heartbeat_ping_source ON heartbeat_ping (source, at)');
    await runner.query('CREATE INDEX ingest_log_source ON ingest_log (source, at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ingest_log_source');
    await runner.query('DROP TABLE heartbeat_ping');
    await runner.query('DROP TABLE source_heartbeat');
  }
}

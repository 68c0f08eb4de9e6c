/** What a source opened lately, and the incident that takes what is too much. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Storm1765080000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE incident_opening (
         id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT incident_opening_pkey PRIMARY KEY, source text NOT NULL, service text NOT NULL,
         at timestamptz NOT NULL)`,
    );
    await runner.query('CREATE INDEX incident_opening_source ON incident_opening (source, at)');
    await runner.query(
      `CREATE TABLE storm (
         source text NOT NULL, service text NOT NULL, incident_id uuid NOT NULL,
         CONSTRAINT storm_pkey PRIMARY KEY (source, service),
         CONSTRAINT storm_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident (id))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE storm, incident_opening');
  }
}

/**
 * Who closed an alert and what its last trigger said, so that what a person resolved while it fired is heard again; alerts that were
 * left open in incidents that are over are closed, by whoever ended the incident.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Episodes1765010000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE alert ADD COLUMN closed_by text, ADD COLUMN started_at timestamptz, ADD COLUMN triggered_at timestamptz,
         ADD COLUMN trigger_body text, ADD COLUMN group_key text, ADD COLUMN truncated int NOT NULL DEFAULT 0`,
    );
    await runner.query('UPDATE alert SET triggered_at = last_at');
    await runner.query(
      `CREATE INDEX alert_open_group ON alert (source, group_key) WHERE status = 'open' AND group_key IS NOT NULL`,
    );
    await runner.query(
      `UPDATE alert a SET status = 'closed', closed_at = coalesce(i.resolved_at, i.closed_at, tocsin_now()),
         closed_by = coalesce(i.state->>'resolvedBy', 'tocsin'), resolve_at = NULL
         FROM incident i WHERE i.id = a.incident_id AND a.status = 'open' AND i.status IN ('resolved', 'closed')`,
    );
    await runner.query(
      `UPDATE incident SET state = jsonb_set(state, '{alertsOpen}', '0')
        WHERE status IN ('resolved', 'closed') AND (state->>'alertsOpen')::int > 0`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX alert_open_group');
    await runner.query(
      `ALTER TABLE alert DROP COLUMN closed_by, DROP COLUMN started_at, DROP COLUMN triggered_at, DROP COLUMN trigger_body,
         DROP COLUMN group_key, DROP COLUMN truncated`,
    );
  }
}

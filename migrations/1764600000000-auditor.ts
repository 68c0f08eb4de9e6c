/** What the auditor looks at each minute is found by block ranges: the tables grow in the order of time. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Auditor1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX incident_event_at ON incident_event USING brin (at) WITH (pages_per_range = 16, autosummarize = on)',
    );
    await runner.query(
      'CREATE INDEX delivery_created_at ON delivery USING brin (created_at) WITH (pages_per_range = 16, autosummarize = on)',
    );
    await runner.query('CREATE INDEX delivery_attempt_again ON delivery_attempt (delivery_id) WHERE n > 1');
    await runner.query('CREATE INDEX alert_without_incident ON alert (status) WHERE incident_id IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of [
      'alert_without_incident',
      'delivery_attempt_again',
      'delivery_created_at',
      'incident_event_at',
    ])
      await runner.query(`DROP INDEX ${index}`);
  }
}

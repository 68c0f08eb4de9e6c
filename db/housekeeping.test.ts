import { expect, it } from '@jest/globals';
import { withDatabase } from '../test/harness/database.js';
import { tidy } from './housekeeping.js';

it('deletes what Temporal was told a day ago and keeps what it has not been told', async () => {
  await withDatabase(async (dataSource) => {
    const insert = (workflow: string, delivered: string | null) =>
      dataSource.query(
        `INSERT INTO outbox (workflow_id, message, created_at, delivered_at)
         VALUES ($1, '{}', tocsin_now() - interval '3 days', tocsin_now() - $2::interval)`,
        [workflow, delivered],
      );
    await insert('incident/told-long-ago', '2 days');
    await insert('incident/told-just-now', '1 hour');
    await insert('incident/not-told', null);

    expect(await tidy(dataSource)).toMatchObject({ outbox: 1, ingest_log: 0 });
    const left: { workflow_id: string }[] = await dataSource.query(
      'SELECT workflow_id FROM outbox ORDER BY 1',
    );
    expect(left.map((row) => row.workflow_id)).toEqual(['incident/not-told', 'incident/told-just-now']);
  });
});

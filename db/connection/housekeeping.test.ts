import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { withDatabase } from '../../test/harness/database.js';
import { applyRetention } from './housekeeping.js';

/** No table may fail. */
const strictly = {
  onError: (error: unknown): never => {
    throw error;
  },
};

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

    expect(await applyRetention(dataSource, strictly)).toMatchObject({ outbox: 1, ingest_log: 0 });
    const left: { workflow_id: string }[] = await dataSource.query(
      'SELECT workflow_id FROM outbox ORDER BY 1',
    );
    expect(left.map((row) => row.workflow_id)).toEqual(['incident/not-told', 'incident/told-just-now']);
  });
});

it('goes on while there is more, and a table that cannot be tidied holds up no other', async () => {
  await withDatabase(async (dataSource) => {
    for (const table of ['rejection', 'dropped_signal'] as const) {
      const columns = {
        rejection: 'format, reason, errors, body_start',
        dropped_signal: 'source, dedup_key, action, reason',
      };
      const values = { rejection: `'generic', 'no', '[]', ''`, dropped_signal: `'a', 'b', 'resolve', 'no'` };
      await dataSource.query(
        `INSERT INTO ${table} (id, at, ${columns[table]})
         SELECT gen_random_uuid(), tocsin_now() - interval '31 days', ${values[table]} FROM generate_series(1, 7)`,
      );
    }
    await dataSource.query('ALTER TABLE ingest_log RENAME TO gone');
    const failed: string[] = [];
    const gone = await applyRetention(dataSource, {
      batch: 2,
      onError: (_error, table) => failed.push(table),
    });
    expect(failed).toEqual(['ingest_log']);
    expect(gone).toMatchObject({ rejection: 7, dropped_signal: 7 });
  });
});

it('takes the ledger of a canary that was replaced, and of nothing else', async () => {
  await withDatabase(async (dataSource) => {
    const closed = async (number: number): Promise<string> => {
      const id = randomUUID();
      await dataSource.transaction(async (tx) => {
        await tx.query(
          `INSERT INTO incident (id, number, title, team, priority, status, postmortem_status, seq, state, response, created_at, closed_at)
           VALUES ($1, $2, 'Over', 'a', 'P4', 'closed', 'waived', 1, '{}', '{}', tocsin_now(), tocsin_now() - interval '3 days')`,
          [id, number],
        );
        await tx.query(
          `INSERT INTO incident_event (incident_id, seq, at, kind, actor, data) VALUES ($1, 1, tocsin_now(), 'postmortem_waived', 'tocsin', '{}')`,
          [id],
        );
        await tx.query(
          `WITH row AS (
             INSERT INTO delivery (id, key, incident_id, type, subject, cycle, step, person, contact, rule, channel, address, state,
               created_at, updated_at, priority_class)
             VALUES (gen_random_uuid(), $1::text, $1::uuid, 'page.requested', '{}', 0, 1, 'a', 'b', 0, 'c', 'd', 'accepted',
               tocsin_now(), tocsin_now(), 0) RETURNING id),
           link AS (
             INSERT INTO link_token (hash, kind, incident_id, person, subject, created_at)
             VALUES ($1::text::bytea, 'page', $1::uuid, 'a', '{}', tocsin_now()))
           INSERT INTO delivery_attempt (delivery_id, n, at, sender, possible_duplicate)
           SELECT id, 1, tocsin_now(), 'w', false FROM row`,
          [id],
        );
      });
      return id;
    };
    await closed(-1);
    const kept = await closed(1);
    expect(await applyRetention(dataSource, strictly)).toMatchObject({
      delivery_attempt: 1,
      delivery: 1,
      link_token: 1,
    });
    expect(await dataSource.query('SELECT incident_id FROM delivery')).toEqual([{ incident_id: kept }]);
  });
});

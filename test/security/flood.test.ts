/** Flood from a leaked ingest key: people and other sources are still served, and no alert that was sent is lost. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { organisation, pagerdutyKey } from '../../api/testing/organisation.js';
import { IngestBusy } from '../../db/alert/ingest-slots.js';
import { eventually } from '../harness/eventually.js';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';

const FLOOD = 40;

let api: RunningApi;
let blocker: pg.Client;
let ownKey: string;
beforeAll(async () => {
  api = await startApi();
  const applied = await api.call('POST', '/api/v1/config/apply', organisation);
  const secrets = applied.json['secrets'] as { name: string; key: string }[];
  ownKey = secrets.find(({ name }) => name === 'own')?.key ?? '';
  blocker = new pg.Client({ connectionString: api.databaseUrl });
  await blocker.connect();
});
afterAll(async () => {
  await blocker.end();
  await api.stop();
});

const page = (n: number) => ({
  routing_key: pagerdutyKey,
  event_action: 'trigger',
  dedup_key: `flood ${n}`,
  payload: { summary: `Flood ${n}`, source: 'db-1', severity: 'critical' },
});

/** Number of transactions of the source that wait because another session holds their key. */
async function stuck(): Promise<number> {
  const { rows } = await blocker.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'`,
  );
  return rows[0]?.n ?? 0;
}

describe('a source that sends more than the database takes', () => {
  it('leaves connections to people and to other sources, and is answered only when its alerts are stored', async () => {
    const declared = await api.call('POST', '/api/v1/incidents', { title: 'Slow' });
    const incident = String(declared.json['id']);
    await blocker.query(
      `SELECT pg_advisory_lock(hashtextextended('alert/pager/flood ' || n, 0)) FROM generate_series(0, $1::int) AS n`,
      [FLOOD - 1],
    );
    let answered = 0;
    const flood = Array.from({ length: FLOOD }, async (_, n) => {
      const { status } = await api.call('POST', '/v2/enqueue', page(n), { token: null });
      answered += 1;
      return status;
    });
    await eventually(async () => (await stuck()) === 2, { what: 'two transactions of the source wait' });

    const acknowledge = await api.call('POST', `/api/v1/incidents/${incident}/acknowledge`, { person: 'bo' });
    expect(acknowledge).toMatchObject({ status: 200, json: { acknowledgedBy: 'bo' } });
    const other = await api.call('POST', `/in/${ownKey}`, { title: 'Another' }, { token: null });
    expect(other.status).toBe(202);
    expect([await stuck(), answered]).toEqual([2, 0]);

    await blocker.query('SELECT pg_advisory_unlock_all()');
    expect(new Set(await Promise.all(flood))).toEqual(new Set([202]));
    const { rows } = await blocker.query(`SELECT count(*)::int AS n FROM alert WHERE source = 'pager'`);
    expect(rows).toEqual([{ n: FLOOD }]);
  });

  it('is told to come again when its turn does not come, and nothing is stored of that', async () => {
    api.store.intake.ingest = () => Promise.reject(new IngestBusy('too much of pager waits already'));
    const { status, headers } = await api.call('POST', '/v2/enqueue', page(1_000), { token: null });
    expect([status, headers.get('retry-after')]).toEqual([503, '2']);
  });
});

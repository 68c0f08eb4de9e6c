/** Messages that share a transaction leave the same record as messages that are taken one by one. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import type { AlertSignal } from '../../domain/alert/signal.js';
import { withDatabase } from '../../test/harness/database.js';
import { eventually } from '../../test/harness/eventually.js';
import { createStore, type Store } from '../connection/store.js';
import { wholeOf } from './ingest-parts.js';
import type { IngestRequest } from './intake.js';

interface Sent {
  key: string;
  action: AlertSignal['action'];
  severity: AlertSignal['severity'];
  cause: string;
  words: string;
}

const sent = fc.record<Sent>({
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  action: fc.constantFrom('trigger', 'trigger', 'trigger', 'trigger', 'resolve', 'acknowledge'),
  severity: fc.constantFrom('info', 'warning', 'warning', 'error', 'critical'),
  cause: fc.constantFrom('disk', 'disk', 'net'),
  words: fc.constantFrom('full', 'almost full'),
});
const messages = fc.array(fc.array(sent, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 });

const requestOf = (source: string, list: readonly Sent[]): IngestRequest => ({
  source,
  spec: { format: 'generic', acknowledge: true, stormAfter: 1_000 },
  signals: list.map(({ key, action, severity, cause, words }) => ({
    action,
    dedupKey: key,
    title: `${cause} ${words}`,
    severity,
    labels: { alertname: cause },
    links: [],
    occurredAt: null,
    detail: { words },
  })),
  raw: Buffer.from(JSON.stringify(list)),
});

const oneByOne = async ({ dataSource, intake }: Store, requests: readonly IngestRequest[]): Promise<void> => {
  for (const request of requests) await dataSource.transaction((tx) => intake.ingestIn(tx, request));
};

const together = async ({ dataSource, intake }: Store, requests: readonly IngestRequest[]): Promise<void> => {
  let waiting = requests.map((request) => ({ request, part: wholeOf(request) }));
  while (waiting.length > 0) {
    const taken = await dataSource.transaction((tx) => intake.ingestTogether(tx, waiting));
    waiting = waiting.slice(taken.length);
  }
};

/** Everything that the source left, without ids and times. */
async function recordOf(db: DataSource, source: string): Promise<unknown> {
  const rows: { record: unknown }[] = await db.query(
    `WITH mine AS (SELECT DISTINCT i.id, i.seq, i.status, i.priority, i.state, min(i.number) OVER () AS least, i.number FROM incident i
       JOIN incident_event e ON e.incident_id = i.id WHERE e.actor = 'source:' || $1)
     SELECT jsonb_build_object(
       'alerts', (SELECT jsonb_agg(shown ORDER BY shown) FROM (
                    SELECT jsonb_build_object('key', a.dedup_key, 'status', a.status, 'count', a.count, 'severity', a.severity,
                      'title', a.title, 'words', coalesce(a.newest->>'title', a.title), 'told', coalesce(a.newest->>'severity', a.severity),
                      'labels', coalesce(a.newest->'labels', a.labels), 'detail', coalesce(a.newest->'detail', a.detail), 'incident', m.number - m.least, 'closedBy', a.closed_by,
                      'body', a.trigger_body,
                      'reasons', (SELECT jsonb_agg(r->>'decision') FROM jsonb_array_elements(a.reasons) r)) AS shown
                    FROM alert a LEFT JOIN mine m ON m.id = a.incident_id WHERE a.source = $1) alerts),
       'incidents', (SELECT jsonb_agg(jsonb_build_object('status', status, 'priority', priority, 'seq', seq, 'open', state->'alertsOpen',
                  'total', state->'alertsTotal',
                  'events', (SELECT jsonb_agg(jsonb_build_object('kind', e.kind, 'title', e.data->'title') ORDER BY e.seq)
                               FROM incident_event e WHERE e.incident_id = mine.id),
                  'told', (SELECT jsonb_agg(o.seq ORDER BY o.id) FROM outbox o WHERE o.incident_id = mine.id)) ORDER BY number) FROM mine),
       'dropped', (SELECT count(*) FROM dropped_signal WHERE source = $1),
       'parked', (SELECT jsonb_agg(dedup_key ORDER BY dedup_key) FROM parked_resolve WHERE source = $1),
       'log', (SELECT jsonb_agg(signals ORDER BY signals) FROM ingest_log WHERE source = $1)) AS record`,
    [source],
  );
  return rows[0]?.record;
}

describe('messages that share a transaction', () => {
  it('leave the record of messages that are taken one by one', async () => {
    await withDatabase(async (db) => {
      const store = createStore(db, randomBytes(32));
      let run = 0;
      await fc.assert(
        fc.asyncProperty(messages, async (lists) => {
          run += 1;
          const [one, other] = [`one${run}`, `other${run}`];
          await oneByOne(
            store,
            lists.map((list) => requestOf(one, list)),
          );
          await together(
            store,
            lists.map((list) => requestOf(other, list)),
          );
          const expected = JSON.stringify(await recordOf(db, one)).replaceAll(one, 'source');
          const found = JSON.stringify(await recordOf(db, other)).replaceAll(other, 'source');
          expect(JSON.parse(found)).toEqual(JSON.parse(expected));
        }),
        { numRuns: 60 },
      );
    });
  });

  it('of one cause are one incident with one write for all that join it', async () => {
    await withDatabase(async (db) => {
      const store = createStore(db, randomBytes(32));
      const list = Array.from({ length: 300 }, (_, n): Sent => ({
        key: `disk-${n}`,
        action: 'trigger',
        severity: 'warning',
        cause: 'disk',
        words: 'full',
      }));
      await together(
        store,
        list.map((one) => requestOf('pager', [one])),
      );
      const [incident, ...others]: { total: number; seq: number; audits: number }[] = await db.query(
        `SELECT (state->>'alertsTotal')::int AS total, seq,
                (SELECT count(*)::int FROM audit_entry WHERE subject = 'incident/' || incident.id) AS audits FROM incident`,
      );
      expect([incident, others]).toEqual([{ total: 300, seq: 300, audits: 2 }, []]);
    });
  });

  it('count an alert anew that a person resolved while its repeats waited', async () => {
    await withDatabase(async (db) => {
      const store = createStore(db, randomBytes(32));
      const firing: Sent = { key: 'a', action: 'trigger', severity: 'warning', cause: 'disk', words: 'full' };
      const [first] = await store.intake.ingest(requestOf('pager', [firing]));
      const incidentId = first?.incident ?? '';
      const person = db.createQueryRunner();
      await person.startTransaction();
      await store.recorder.recordIn(person.manager, {
        incidentId,
        actor: 'ana',
        command: { type: 'resolve', comment: null, because: 'person' },
      });
      const repeats = store.intake.ingest(requestOf('pager', [firing]));
      await eventually(
        async () => {
          const rows: unknown[] = await db.query('SELECT 1 FROM pg_locks WHERE NOT granted');
          return rows.length > 0;
        },
        { what: 'the repeat waits for the alert' },
      );
      await person.commitTransaction();
      await person.release();
      expect((await repeats)[0]?.incident).toBe(incidentId);
      const alerts: unknown[] = await db.query('SELECT status FROM alert ORDER BY first_at');
      expect(alerts).toEqual([{ status: 'closed' }, { status: 'open' }]);
    });
  });
});

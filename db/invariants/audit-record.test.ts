import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../test/harness/database.js';
import { pagedFixture, type PagedIncident } from '../testing/paged-fixture.js';
import { auditFold, auditRecord, invariants } from './audit-record.js';

/** Damage that a psql user or a bug could do to a record: `$1` is the incident. */
const harms: Record<string, [invariant: string, ...statements: string[]]> = {
  'a deadline that nobody meets': [
    'I1',
    `UPDATE incident SET next_deadline = tocsin_now() - interval '2 minutes' WHERE id = $1`,
  ],
  'a page that reached nobody and is not tried again': [
    'I1',
    `UPDATE incident SET created_at = created_at - interval '5 minutes' WHERE id = $1`,
    `DELETE FROM delivery_attempt WHERE delivery_id IN (SELECT id FROM delivery WHERE incident_id = $1)`,
    `DELETE FROM delivery WHERE incident_id = $1`,
  ],
  'an open alert outside of every incident': [
    'I2',
    `UPDATE alert SET incident_id = NULL WHERE incident_id = $1`,
  ],
  'an accepted page that is sent again': [
    'I3',
    `INSERT INTO delivery_attempt (delivery_id, n, at, sender, outcome, possible_duplicate)
     SELECT id, 2, tocsin_now(), 'test', 'accepted', false FROM delivery WHERE incident_id = $1 AND state = 'accepted'`,
  ],
  'a delivery accepted by nobody': [
    'I4',
    `UPDATE delivery_attempt SET outcome = 'failed' WHERE delivery_id IN (SELECT id FROM delivery WHERE incident_id = $1)`,
  ],
  'a cycle that goes back': [
    'I4',
    `INSERT INTO incident_event (incident_id, seq, at, kind, actor, data)
     SELECT incident_id, seq + 100 + n, at, kind, actor, jsonb_set(data, '{cycle}', to_jsonb(9 - n))
       FROM incident_event, generate_series(1, 2) n WHERE incident_id = $1 AND kind = 'paged'`,
  ],
  'a page after its acknowledgement': [
    'I5',
    `INSERT INTO incident_event (incident_id, seq, at, kind, actor, data)
     SELECT $1, 100, max(created_at), 'acknowledged', 'ana', jsonb_build_object('answered', jsonb_agg(escalation)) FROM delivery WHERE incident_id = $1`,
    `UPDATE delivery_attempt SET at = at + interval '10 seconds' WHERE delivery_id IN (SELECT id FROM delivery WHERE incident_id = $1)`,
  ],
  'a gap in the events': [
    'I6',
    `INSERT INTO incident_event (incident_id, seq, at, kind, actor, data)
     SELECT $1, seq + 2, tocsin_now(), 'noted', 'ana', '{"text": "?"}' FROM incident WHERE id = $1`,
  ],
  'a column that the state contradicts': ['I6', `UPDATE incident SET status = 'acknowledged' WHERE id = $1`],
  'a message that nobody sends': [
    'I14',
    `UPDATE delivery SET due_at = tocsin_now() - interval '2 minutes' WHERE incident_id = $1 AND state = 'planned'`,
  ],
  'a sender that vanished long ago': [
    'I14',
    `UPDATE delivery SET state = 'sending', attempts = 1, lease = gen_random_uuid(), lease_until = tocsin_now() - interval '2 minutes'
      WHERE incident_id = $1 AND state = 'planned'`,
  ],
  'an event Temporal never hears of': [
    'I14',
    `UPDATE outbox SET created_at = created_at - interval '2 minutes' WHERE incident_id = $1`,
  ],
};

const idsOf = (breaches: { invariant: string }[]) => [...new Set(breaches.map(({ invariant }) => invariant))];

describe('the auditor', () => {
  it('finds nothing in a record that is whole', () =>
    withDatabase(async (dataSource) => {
      const fixture = await pagedFixture(dataSource);
      const incident = await fixture.page();
      await fixture.pageNext(incident);
      expect(await auditRecord(dataSource)).toEqual([]);
      expect(await auditFold(dataSource, [incident.id])).toEqual([]);
    }));

  it.each(Object.entries(harms))('names %s', (_name, [invariant, ...statements]) =>
    withDatabase(async (dataSource) => {
      const fixture = await pagedFixture(dataSource);
      const incident: PagedIncident = await fixture.page();
      for (const statement of statements) await dataSource.query(statement, [incident.id]);
      expect(idsOf(await auditRecord(dataSource))).toContain(invariant);
    }),
  );

  it('names a row that is not the fold of its events', () =>
    withDatabase(async (dataSource) => {
      const fixture = await pagedFixture(dataSource);
      const incident = await fixture.page();
      await dataSource.query(
        `UPDATE incident SET state = jsonb_set(state, '{acknowledgedBy}', '"nobody"') WHERE id = $1`,
        [incident.id],
      );
      expect(await auditFold(dataSource, [incident.id])).toMatchObject([
        { invariant: 'I6', subject: incident.number },
      ]);
    }));

  it(
    'reads no large table from end to end, at 100,000 rows',
    () =>
      withDatabase(async (dataSource) => {
        const fixture = await pagedFixture(dataSource);
        const { id } = await fixture.page();
        await dataSource.query(
          `INSERT INTO incident (id, number, title, service, team, priority, status, seq, state, response, created_at)
         SELECT gen_random_uuid(), 1000 + n, title, service, team, priority, 'resolved', 4, state, response, tocsin_now() - interval '1 year' + n * interval '30 seconds'
           FROM incident, generate_series(1, 25000) n WHERE id = $1`,
          [id],
        );
        await dataSource.query(
          `INSERT INTO incident_event (incident_id, seq, at, kind, actor, data)
         SELECT id, n, created_at, 'noted', 'ana', '{"text": "long ago"}' FROM incident, generate_series(1, 4) n WHERE number > 1000 ORDER BY created_at`,
        );
        await dataSource.query(
          `INSERT INTO delivery (id, key, incident_id, type, subject, cycle, step, person, contact, rule, channel, address, state, attempts, created_at, updated_at)
         SELECT gen_random_uuid(), gen_random_uuid(), i.id, 'page.requested', '{}', 0, n, 'ana', 'phone', 0, 'sms', '+49', 'accepted', 1, i.created_at, i.created_at
           FROM incident i, generate_series(1, 4) n WHERE number > 1000 ORDER BY i.created_at`,
        );
        await dataSource.query(
          `INSERT INTO outbox (workflow_id, incident_id, seq, message, created_at, delivered_at)
         SELECT 'incident/' || incident_id, incident_id, seq, '{}', at, at FROM incident_event`,
        );
        await dataSource.query(
          `INSERT INTO delivery_attempt (delivery_id, n, at, sender, outcome, possible_duplicate)
         SELECT id, 1, created_at, 'test', 'accepted', false FROM delivery ON CONFLICT DO NOTHING`,
        );
        await dataSource.query(
          `INSERT INTO alert (id, source, dedup_key, status, title, severity, labels, links, incident_id, first_at, last_at)
         SELECT gen_random_uuid(), 'test', id, 'closed', title, 'critical', '{}', '[]', id, created_at, created_at FROM incident`,
        );
        await dataSource.query('VACUUM ANALYZE');
        for (const { id: name, says, sql } of invariants) {
          const plan: { 'QUERY PLAN': string }[] = await dataSource.query(
            `EXPLAIN SELECT * FROM (${sql}) breach WHERE $1::interval IS NOT NULL AND $2::interval IS NOT NULL LIMIT 20`,
            ['1 hour', '60 seconds'],
          );
          const scanned = plan
            .map((line) => line['QUERY PLAN'])
            .filter((line) =>
              /Seq Scan on (incident|incident_event|delivery|delivery_attempt|outbox|alert)\b/.test(line),
            );
          expect({ name, says, scanned }).toEqual({ name, says, scanned: [] });
        }
        expect(await auditRecord(dataSource)).toEqual([]);
      }),
    180_000,
  );
});

import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { withDatabase } from '../../test/harness/database.js';
import { markDueDoubtful } from './mark-due-doubtful.js';
import { auditRecord } from '../invariants/audit-record.js';
import { pagedFixture } from '../testing/paged-fixture.js';

const rows = (db: DataSource) =>
  db.query(
    `SELECT d.channel, d.state, (SELECT count(*)::int FROM delivery_attempt a WHERE a.delivery_id = d.id) AS attempts
       FROM delivery d ORDER BY d.rule`,
  );

describe('what is owed by a record that was put back', () => {
  it('may have gone out: it goes out again and says so, once; what was sent or waits for its moment is left alone', () =>
    withDatabase(async (db) => {
      const fixture = await pagedFixture(db);
      const incident = await fixture.page();
      const [, mail] = await fixture.deliveries(incident);
      expect(await markDueDoubtful(db)).toBe(0);
      await db.query('UPDATE delivery SET due_at = tocsin_now() WHERE id = $1', [mail?.id]);
      expect(await markDueDoubtful(db)).toBe(1);
      expect(await markDueDoubtful(db)).toBe(0);
      expect(await rows(db)).toEqual([
        expect.objectContaining({ state: 'accepted', attempts: 1 }),
        { channel: 'email', state: 'sending', attempts: 1 },
      ]);
      const due = { incidentId: null, sender: 'pager', lateMs: 60_000, limit: 10 };
      expect(await fixture.store.ledger.takeDue(due)).toMatchObject([
        { id: mail?.id, attempt: 2, possibleDuplicate: true },
      ]);
      expect(await auditRecord(db)).toEqual([]);
    }));

  it('is answered like any other: an acknowledgement ends it', () =>
    withDatabase(async (db) => {
      const fixture = await pagedFixture(db);
      const incident = await fixture.page();
      const [, mail] = await fixture.deliveries(incident);
      await db.query('UPDATE delivery SET due_at = tocsin_now() WHERE id = $1', [mail?.id]);
      await markDueDoubtful(db);
      const command = { type: 'acknowledge', person: 'ana' } as const;
      await fixture.store.recorder.record({ incidentId: incident.id, actor: 'ana', command });
      const due = { incidentId: null, sender: 'pager', lateMs: 0, limit: 10 };
      expect(await fixture.store.ledger.takeDue(due)).toEqual([]);
      expect(await rows(db)).toMatchObject([{}, { channel: 'email', state: 'failed', attempts: 1 }]);
    }));
});

import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { withDatabase } from '../test/harness/database.js';
import { doubtOwed } from './doubt-owed.js';
import { auditRecord } from './invariants/audit-record.js';
import { pagedStory } from './testing/paged-story.js';

const rows = (db: DataSource) =>
  db.query(
    `SELECT d.channel, d.state, (SELECT count(*)::int FROM delivery_attempt a WHERE a.delivery_id = d.id) AS attempts
       FROM delivery d ORDER BY d.rule`,
  );

describe('what is owed by a record that was put back', () => {
  it('may have gone out: it goes out again and says so, once; what was sent or waits for its moment is left alone', () =>
    withDatabase(async (db) => {
      const story = await pagedStory(db);
      const incident = await story.page();
      const [, mail] = await story.deliveries(incident);
      expect(await doubtOwed(db)).toBe(0);
      await db.query('UPDATE delivery SET due_at = tocsin_now() WHERE id = $1', [mail?.id]);
      expect(await doubtOwed(db)).toBe(1);
      expect(await doubtOwed(db)).toBe(0);
      expect(await rows(db)).toEqual([
        expect.objectContaining({ state: 'accepted', attempts: 1 }),
        { channel: 'email', state: 'sending', attempts: 1 },
      ]);
      const due = { incidentId: null, sender: 'pager', lateMs: 60_000, limit: 10 };
      expect(await story.store.ledger.takeDue(due)).toMatchObject([
        { id: mail?.id, attempt: 2, possibleDuplicate: true },
      ]);
      expect(await auditRecord(db)).toEqual([]);
    }));

  it('is answered like any other: an acknowledgement ends it', () =>
    withDatabase(async (db) => {
      const story = await pagedStory(db);
      const incident = await story.page();
      const [, mail] = await story.deliveries(incident);
      await db.query('UPDATE delivery SET due_at = tocsin_now() WHERE id = $1', [mail?.id]);
      await doubtOwed(db);
      const command = { type: 'acknowledge', person: 'ana' } as const;
      await story.store.recorder.record({ incidentId: incident.id, actor: 'ana', command });
      const due = { incidentId: null, sender: 'pager', lateMs: 0, limit: 10 };
      expect(await story.store.ledger.takeDue(due)).toEqual([]);
      expect(await rows(db)).toMatchObject([{}, { channel: 'email', state: 'failed', attempts: 1 }]);
    }));
});

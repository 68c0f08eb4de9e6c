/** A process that stood still while it held a lease, and a clock that runs ahead of the record's. */
import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '../test/harness/database.js';
import { pagedStory } from './testing/paged-story.js';

const stateOf = `SELECT d.state, d.due_at IS NOT NULL AS due, a.outcome FROM delivery d
  JOIN delivery_attempt a ON a.delivery_id = d.id AND a.n = d.attempts WHERE d.id = $1`;

describe('an attempt whose lease ran out before the call', () => {
  it('was never made: the page is still owed, and goes out unmarked', () =>
    withDatabase(async (dataSource) => {
      const story = await pagedStory(dataSource);
      const incident = await story.page();
      const [, mail] = await story.deliveries(incident);
      await dataSource.query('UPDATE delivery SET due_at = tocsin_now() WHERE id = $1', [mail?.id]);
      const due = { incidentId: incident.id, sender: 'sleeper', lateMs: 0, limit: 10 };
      const [slept] = await story.store.ledger.takeDue(due);
      await dataSource.query('UPDATE delivery SET lease_until = tocsin_now() WHERE id = $1', [mail?.id]);
      expect(await story.store.ledger.mayStillSend(slept?.lease ?? '')).toBe(false);
      await story.store.ledger.withdraw(slept?.lease ?? '');
      expect(await dataSource.query(stateOf, [mail?.id])).toEqual([
        { state: 'failed', due: true, outcome: 'withdrawn' },
      ]);
      const [again] = await story.store.ledger.takeDue({ ...due, sender: 'awake' });
      expect(again).toMatchObject({ id: mail?.id, attempt: 2, possibleDuplicate: false });
    }));

  it('is over when somebody has answered meanwhile', () =>
    withDatabase(async (dataSource) => {
      const story = await pagedStory(dataSource);
      const incident = await story.page();
      const [, mail] = await story.deliveries(incident);
      await dataSource.query('UPDATE delivery SET due_at = tocsin_now() WHERE id = $1', [mail?.id]);
      const due = { incidentId: incident.id, sender: 'sleeper', lateMs: 0, limit: 10 };
      const [slept] = await story.store.ledger.takeDue(due);
      await story.store.recorder.record({
        incidentId: incident.id,
        actor: 'ana',
        command: { type: 'acknowledge', person: 'ana' },
      });
      expect(await story.store.ledger.mayStillSend(slept?.lease ?? '')).toBe(false);
      await story.store.ledger.withdraw(slept?.lease ?? '');
      expect(await dataSource.query(stateOf, [mail?.id])).toEqual([
        { state: 'suppressed', due: false, outcome: 'withdrawn' },
      ]);
    }));
});

describe("a clock that runs ahead of the record's", () => {
  it('pages nobody before the wait is over', () =>
    withDatabase(async (dataSource) => {
      const story = await pagedStory(dataSource);
      const incident = await story.page();
      const { outcome, leases } = await story.store.paging.page({
        incidentId: incident.id,
        track: 'checkout',
        due: { cycle: 0, step: 2 },
        reason: 'no answer at step 1',
        actor: 'tocsin',
        tellWorkflow: true,
        afterSeq: 0,
        sender: 'early',
      });
      expect(outcome).toMatchObject({ kind: 'refused', code: 'not_due' });
      expect(leases).toEqual([]);
      expect((await story.deliveries(incident)).map(({ person }) => person)).toEqual(['ana', 'ana']);
    }));
});

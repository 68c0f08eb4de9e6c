import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../test/harness/database.js';
import { pagedFixture } from '../testing/paged-fixture.js';

describe('dead steps', () => {
  it('are all escalated at once, when the deliveries of two escalations have failed', () =>
    withDatabase(async (dataSource) => {
      const fixture = await pagedFixture(dataSource);
      const { store } = fixture;
      const { id } = await fixture.page();
      // A second team at the same step, with a delivery of its own.
      await dataSource.query(
        `UPDATE incident SET state = jsonb_set(state, '{escalations}',
           state->'escalations' || jsonb_build_array(state->'escalations'->0 || '{"name": "trust"}')) WHERE id = $1`,
        [id],
      );
      await dataSource.query(
        `INSERT INTO delivery (id, key, incident_id, type, subject, escalation, cycle, step, person, contact, rule, channel, address,
           state, due_at, attempts, created_at, updated_at, priority_class)
         SELECT gen_random_uuid(), key || 'trust', incident_id, type, subject, 'trust', cycle, step, 'bo', contact, rule, channel,
           address, 'planned', NULL, attempts, created_at, updated_at, priority_class FROM delivery WHERE incident_id = $1 AND rule = 0`,
        [id],
      );
      await dataSource.query(
        `UPDATE delivery SET state = 'suppressed', reason = 'test' WHERE state = 'planned' AND person = 'ana'`,
      );
      await dataSource.query(
        `UPDATE delivery SET state = 'sending', lease = gen_random_uuid(), lease_until = tocsin_now() WHERE state = 'planned'`,
      );
      await dataSource.query(
        `UPDATE delivery SET state = 'failed', due_at = NULL, lease = NULL, lease_until = NULL WHERE state IN ('accepted', 'sending')`,
      );
      const outcome = await store.deadSteps.escalate({ incidentId: id, afterSeq: 0, tellWorkflow: true });
      expect(outcome).toMatchObject({
        kind: 'accepted',
        state: {
          escalations: [
            { name: 'checkout', phase: 'to_page', step: 2 },
            { name: 'trust', phase: 'to_page', step: 2 },
          ],
        },
      });
      const again = await store.deadSteps.escalate({ incidentId: id, afterSeq: 0, tellWorkflow: true });
      expect(again.kind).toBe('unchanged');
    }));
});

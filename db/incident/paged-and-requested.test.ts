import { describe, expect, it } from '@jest/globals';
import { PagedAndRequested1766000000000 } from '../../migrations/1766000000000-paged-and-requested.js';
import { withDatabase } from '../../test/harness/database.js';
import { pagedFixture } from '../testing/paged-fixture.js';

describe('the migration of the people paged and the retry requested', () => {
  it('renames the members of stored states, and nothing in their texts', () =>
    withDatabase(async (dataSource) => {
      const fixture = await pagedFixture(dataSource);
      const { id } = await fixture.page();
      await dataSource.query(
        `UPDATE incident SET state = state || '{"title": "\\"asked\\": [", "runs": {"r": {"steps": {"a": {"requested": "retry"}}}}}'
          WHERE id = $1`,
        [id],
      );
      const stored = async (): Promise<string> => {
        const rows: { state: string }[] = await dataSource.query(
          'SELECT state::text AS state FROM incident WHERE id = $1',
          [id],
        );
        return rows[0]?.state ?? '';
      };
      const after = await stored();
      const migration = new PagedAndRequested1766000000000();
      const runner = dataSource.createQueryRunner();
      try {
        await migration.down(runner);
        const before = await stored();
        expect(before).toContain('"asked": ["ana"]');
        expect(before).toContain('"asked": "retry"');
        expect(before).not.toContain('"paged"');
        await migration.up(runner);
      } finally {
        await runner.release();
      }
      expect(await stored()).toBe(after);
    }));
});

/** The record's clock in tests: time that passes without anybody waiting for it. */
import { eventually } from './eventually.js';
import type { Sql } from './sql.js';

/**
 * From now on `tocsin_now()` is `ms` ahead of the real time, for database sessions that begin from now on: set it while
 * api, worker and pager are stopped, or for a command that is started next.
 */
export async function setClockAhead(sql: Sql, ms: number): Promise<void> {
  const [row] = await eventually(
    // A pool whose database was replaced finds only now that its sessions have ended.
    () => sql<{ name: string }>('SELECT quote_ident(current_database()) AS name'),
    { what: 'a session of the test' },
  );
  await sql(`ALTER DATABASE ${row?.name} SET tocsin.clock_shift = '${Math.round(ms)} milliseconds'`);
}

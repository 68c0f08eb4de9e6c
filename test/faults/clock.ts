/** The record's clock, set apart from everybody else's. New sessions see it, so the old ones are ended. */
import type { Sql } from '../harness/sql.js';

export async function shiftClock(sql: Sql, ms: number): Promise<void> {
  await sql(`ALTER DATABASE tocsin SET tocsin.clock_shift = '${Math.round(ms)} milliseconds'`);
  // Our own as well: what is asked next must see the new time.
  await sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
  );
  await sql('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
}

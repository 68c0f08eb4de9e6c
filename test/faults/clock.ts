/** Shifts the record's clock against all others. Only new sessions see the shift, so existing ones are ended. */
import { eventually } from '../harness/eventually.js';
import type { Sql } from '../harness/sql.js';

const OTHERS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;
/** Sessions that `openSql` holds, one entry each. */
const OWN = [1, 2, 3];

export async function shiftClock(sql: Sql, ms: number): Promise<void> {
  await afresh(() => sql(`ALTER DATABASE tocsin SET tocsin.clock_shift = '${Math.round(ms)} milliseconds'`));
  await afresh(() => sql(OTHERS));
  // The test's own sessions as well: the next query must see the new time.
  await sql('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
  await afresh(() => Promise.all(OWN.map(() => sql('SELECT 1'))));
}

/** The pool may hand out a session that was ended a moment ago, and only then detect its end. */
const afresh = (ask: () => Promise<unknown>): Promise<boolean> =>
  eventually(() => ask().then(() => true), { what: 'a session of our own' });

/** The clock of the record, on which every process agrees. */
import type { Querying } from './querying.js';

/** Database time, ISO 8601. Inside a transaction pass its manager. */
export async function databaseTime(db: Querying): Promise<string> {
  const [row]: { now: Date }[] = await db.query('SELECT tocsin_now() AS now');
  if (row === undefined) throw new Error('the database returned no row for its time');
  return row.now.toISOString();
}

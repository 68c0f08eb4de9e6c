import type { Querying } from '../../db/connection/querying.js';

/** The record's clock, ISO 8601. Inside a transaction pass its manager as the data source. */
export async function databaseTime(dataSource: Querying): Promise<string> {
  const rows: { now: Date }[] = await dataSource.query('SELECT tocsin_now() AS now');
  return (rows[0]?.now ?? new Date()).toISOString();
}

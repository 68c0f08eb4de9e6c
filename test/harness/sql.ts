/** Plain SQL on the record, like a user of psql. */
import pg from 'pg';

export interface Sql {
  /** Rows of one statement. */
  <Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export function openSql(connectionString: string): Sql {
  const pool = new pg.Pool({ connectionString, max: 3 });
  // A server killed by a test ends idle connections; the next query opens a new one.
  pool.on('error', () => {});
  const ask = async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await pool.query<Row>(text, [...values])).rows;
  return Object.assign(ask, { close: () => pool.end() });
}

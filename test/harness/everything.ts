/** Every text of a database, as in a backup: for tests that a text occurs nowhere in it. */
import type { DataSource } from 'typeorm';

export interface StoredRow {
  table: string;
  text: string;
}

export async function storedRows(db: Pick<DataSource, 'query'>): Promise<StoredRow[]> {
  const tables: { name: string }[] = await db.query(
    `SELECT quote_ident(relname) AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
  );
  const found: StoredRow[] = [];
  for (const { name } of tables) {
    // Bytes as the text they may be: bytea can contain clear text as well.
    const rows: { text: string; bytes: (Buffer | null)[] }[] = await db.query(
      `SELECT t::text AS text, ${await byteaColumns(db, name)} AS bytes FROM ${name} t`,
    );
    found.push(
      ...rows.map(({ text, bytes }) => ({
        table: name,
        text: [text, ...bytes.map((one) => one?.toString('latin1') ?? '')].join('\n'),
      })),
    );
  }
  return found;
}

async function byteaColumns(db: Pick<DataSource, 'query'>, table: string): Promise<string> {
  const columns: { name: string }[] = await db.query(
    `SELECT quote_ident(attname) AS name FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND atttypid = 'bytea'::regtype`,
    [table],
  );
  return `ARRAY[${columns.map(({ name }) => `t.${name}`).join(', ')}]::bytea[]`;
}

/** All rows as one text. */
export const everything = async (db: Pick<DataSource, 'query'>): Promise<string> =>
  (await storedRows(db)).map(({ text }) => text).join('\n');

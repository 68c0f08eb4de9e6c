/** Display names of all people, including those who left: the record still refers to them. */
import type { Querying } from '../connection/querying.js';

export async function getNames(db: Querying): Promise<ReadonlyMap<string, string>> {
  const rows: { name: string; displayName: string }[] = await db.query(
    'SELECT name, display_name AS "displayName" FROM person',
  );
  return new Map(rows.map(({ name, displayName }) => [name, displayName]));
}

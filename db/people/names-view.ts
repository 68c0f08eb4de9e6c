/**
 * Display names of all people, including those who left (the record still refers to them), and of these documents (`Kind/name`).
 * A deleted document has none.
 */
import type { Querying } from '../connection/querying.js';

export async function getNames(
  db: Querying,
  documents: readonly string[] = [],
): Promise<ReadonlyMap<string, string>> {
  const rows: { name: string; displayName: string }[] = await db.query(
    `SELECT name, display_name AS "displayName" FROM person
     UNION ALL
     SELECT d.key, o.spec->>'displayName'
       FROM unnest($1::text[]) AS d (key)
       JOIN LATERAL (SELECT spec FROM config_object
                      WHERE kind = split_part(d.key, '/', 1) AND name = split_part(d.key, '/', 2)
                      ORDER BY revision DESC LIMIT 1) o ON o.spec->>'displayName' IS NOT NULL`,
    [documents],
  );
  return new Map(rows.map(({ name, displayName }) => [name, displayName]));
}

/** All recorded data as one digest per table: equal before and after means that nothing changed. */
import { z } from 'zod';
import type { Sql } from './sql.js';

/** Tables that a read may write: forms' nonces, last use of a session or key, heartbeats. */
const LOOKED_AT = new Set(['link_nonce', 'session', 'api_key', 'heartbeat', 'listening']);

const Digest = z.object({ digest: z.string() });

export async function recordDigest(sql: Sql): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
  );
  const digests: Record<string, string> = {};
  for (const { name } of tables.filter((table) => !LOOKED_AT.has(table.name))) {
    const [row] = await sql(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), 'none') AS digest FROM ${name} t`,
    );
    digests[name] = Digest.parse(row).digest;
  }
  return digests;
}

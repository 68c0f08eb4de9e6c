/**
 * Recent sends by provider, address and person: one row each, shared by all workers and the pager. A row is locked
 * from the decision to the commit of the lease, and no provider is called under the lock, so waits stay short (ADR
 * 0008).
 */
import type { ScopeState } from '../../domain/delivery/decide-admission.js';
import type { Querying } from '../connection/querying.js';

/** SQL: milliseconds since 1970. */
export const ms = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`;

/**
 * Locks `scopes`, which must be in ascending order to avoid deadlocks. `nowMs` is database time once the locks are
 * held, so that another sender's slot never lies in its future.
 */
export async function lockScopes(
  tx: Querying,
  scopes: readonly string[],
): Promise<{ scopes: Map<string, ScopeState>; nowMs: number }> {
  const rows: (ScopeState & { scope: string; now: number })[] = await tx.query(
    `INSERT INTO sending_rate AS p (scope) SELECT s FROM unnest($1::text[]) WITH ORDINALITY AS u (s, n) ORDER BY n
     ON CONFLICT (scope) DO UPDATE SET scope = p.scope
     RETURNING scope, ${ms('free_at')} AS "freeAtMs", ${ms('tocsin_now()')} AS now,
       ARRAY (SELECT ${ms('r')} FROM unnest(recent) WITH ORDINALITY AS u (r, n) ORDER BY n) AS "recentMs"`,
    [scopes],
  );
  return {
    scopes: new Map(rows.map(({ scope, freeAtMs, recentMs }) => [scope, { freeAtMs, recentMs }])),
    nowMs: Math.max(...rows.map(({ now }) => now)),
  };
}

/** For a statement of the same transaction: `WITH paced AS (${saveScopes('$5')})`. */
export const saveScopes = (parameter: string): string =>
  `UPDATE sending_rate p SET
     free_at = to_timestamp(s."freeAtMs" / 1000),
     recent = ARRAY (SELECT to_timestamp(r::float8 / 1000) FROM jsonb_array_elements_text(s."recentMs") r)
   FROM jsonb_to_recordset(${parameter}::jsonb) AS s (scope text, "freeAtMs" float8, "recentMs" jsonb) WHERE p.scope = s.scope`;

export const scopesAsJson = (scopes: ReadonlyMap<string, ScopeState>): string =>
  JSON.stringify([...scopes].map(([scope, state]) => ({ scope, ...state })));

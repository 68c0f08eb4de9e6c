/**
 * Links the entries of the audit log into a hash chain (docs/security.md, Audit): changing, removing or reordering an
 * entry breaks a link that the auditor verifies. One sealer links entries seconds after they were written, so that
 * writers never wait for the head of the chain.
 */
import type { DataSource } from 'typeorm';
import { retryingTransaction } from '../connection/retrying-transaction.js';

/** Entries per transaction. */
const BATCH = 500;
/** A transaction may commit a lower id after a higher one was sealed, but never further behind than this many ids. */
const STRAGGLERS = 10_000;

/** SQL: SHA-256 over all fields of the entry `alias`. jsonb orders its keys, so the text is canonical. */
export const entryDigest = (alias: string): string =>
  `sha256(convert_to(jsonb_build_array(${alias}.id, (extract(epoch FROM ${alias}.at) * 1000000)::bigint, ${alias}.actor, ${alias}.action,
     ${alias}.subject, ${alias}.data)::text, 'UTF8'))`;

/** SQL: hash of the link after `before` (null for the first link) over an entry's digest. */
export const linkHash = (before: string, digest: string): string =>
  `sha256(coalesce(${before}, '\\x'::bytea) || ${digest})`;

/** SQL: entries without a seal, oldest first; ids below the range of late commits are skipped. */
export const unsealed = `SELECT e.* FROM audit_entry e
   WHERE e.id > coalesce((SELECT max(entry_id) FROM audit_seal), 0) - ${STRAGGLERS}
     AND NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.entry_id = e.id)`;

/** Seals all unsealed entries and returns their number. Safe in several processes at once. */
export async function sealAudit(dataSource: DataSource): Promise<number> {
  let sealed = 0;
  for (;;) {
    const count = await retryingTransaction(dataSource, async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('audit-seal', 0))`);
      const rows: unknown[] = await tx.query(
        `WITH RECURSIVE head AS (SELECT n, hash FROM audit_seal ORDER BY n DESC LIMIT 1),
           fresh AS MATERIALIZED (
             SELECT e.id, row_number() OVER (ORDER BY e.id) AS k, ${entryDigest('e')} AS digest
               FROM (${unsealed} ORDER BY e.id LIMIT ${BATCH}) e),
           chain AS (
             SELECT 0::bigint AS k, NULL::bigint AS id, (SELECT hash FROM head) AS hash
             UNION ALL
             SELECT f.k, f.id, ${linkHash('c.hash', 'f.digest')} FROM chain c JOIN fresh f ON f.k = c.k + 1)
         INSERT INTO audit_seal (n, entry_id, hash, at)
         SELECT coalesce((SELECT n FROM head), 0) + k, id, hash, tocsin_now() FROM chain WHERE k > 0
         RETURNING n`,
      );
      return rows.length;
    });
    sealed += count;
    if (count < BATCH) return sealed;
  }
}

/**
 * I9: the audit log is unchanged since it was written. Each run checks the newest seals and a random slice, so that
 * over time all are checked.
 */
import { entryDigest, linkHash, unsealed } from '../audit/audit-seal.js';
import type { Invariant } from './invariant.js';

const SLICE = 1_000;

export const auditChainInvariants: readonly Invariant[] = [
  {
    id: 'I9',
    says: 'every audit entry is as it was when it was sealed, and none is gone',
    sql: `WITH head AS MATERIALIZED (SELECT coalesce(max(n), 0) AS n, floor(random() * coalesce(max(n), 0))::bigint AS anywhere FROM audit_seal),
            looked_at AS MATERIALIZED (
              SELECT s.* FROM audit_seal s WHERE s.n > (SELECT n FROM head) - ${SLICE}
              UNION
              SELECT s.* FROM audit_seal s WHERE s.n > (SELECT anywhere FROM head) AND s.n <= (SELECT anywhere FROM head) + ${SLICE})
          SELECT 'audit entry ' || s.entry_id AS subject,
                 CASE WHEN e.id IS NULL THEN 'is gone' WHEN s.n > 1 AND p.n IS NULL THEN 'the seal before its own is gone'
                      ELSE 'is not what was sealed at ' || s.at END AS detail
            FROM looked_at s LEFT JOIN audit_seal p ON p.n = s.n - 1 LEFT JOIN audit_entry e ON e.id = s.entry_id
           WHERE e.id IS NULL OR (s.n > 1 AND p.n IS NULL) OR s.hash <> ${linkHash('p.hash', entryDigest('e'))}`,
  },
  {
    id: 'I9',
    says: 'audit entries are sealed within a minute',
    sql: `SELECT 'audit entry ' || e.id AS subject, 'has no seal since ' || e.at AS detail
            FROM (${unsealed}) e WHERE e.at < tocsin_now() - $2::interval`,
  },
];

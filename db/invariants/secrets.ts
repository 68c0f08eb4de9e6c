/**
 * I11: no secret of this installation occurs in the record. Compared here and not in SQL, because a statement's
 * parameters may be logged.
 */
import { secretParts, secretPattern } from '../../domain/shared/secret-forms.js';
import type { Breach } from './invariant.js';
import type { Querying } from '../connection/querying.js';

export const SECRETS_RULE = {
  id: 'I11',
  says: 'no secret of this installation stands in what is recorded',
} as const;

/** Rows checked per kind, newest first. */
const NEWEST = 1_000;

/** `$1::interval`: the period to check. */
const written = `
  (SELECT 'INC-' || i.number || ', event ' || e.seq AS subject, e.data::text AS text
     FROM incident_event e JOIN incident i ON i.id = e.incident_id WHERE e.at > tocsin_now() - $1::interval ORDER BY e.at DESC LIMIT ${NEWEST})
  UNION ALL
  (SELECT 'delivery ' || d.id, a.error FROM delivery d JOIN delivery_attempt a ON a.delivery_id = d.id
    WHERE d.created_at > tocsin_now() - $1::interval - interval '10 minutes' AND a.error IS NOT NULL ORDER BY a.at DESC LIMIT ${NEWEST})
  UNION ALL
  (SELECT 'outbox row ' || id, message::text FROM outbox ORDER BY id DESC LIMIT ${NEWEST})
  UNION ALL
  (SELECT 'audit entry ' || id, data::text FROM audit_entry ORDER BY id DESC LIMIT ${NEWEST})
  UNION ALL
  (SELECT 'answer ' || id, body FROM inbound_reply WHERE at > tocsin_now() - $1::interval ORDER BY at DESC LIMIT ${NEWEST})
  UNION ALL
  (SELECT 'rejection ' || id, body_start || errors::text FROM rejection WHERE at > tocsin_now() - $1::interval ORDER BY at DESC LIMIT ${NEWEST})`;

/** `secrets`: values by the name to report; `withinMs`: period of changes to check. */
export async function auditSecrets(
  db: Querying,
  secrets: ReadonlyMap<string, string>,
  withinMs: number,
): Promise<Breach[]> {
  const rows: { subject: string; text: string }[] = await db.query(written, [`${withinMs} milliseconds`]);
  const known = [...secrets].map(([name, secret]) => ({
    name,
    pattern: secretPattern(secret),
    parts: secretParts(secret),
  }));
  return rows.flatMap(({ subject, text }) =>
    known.flatMap(({ name, pattern, parts }) => {
      const whole = text.search(pattern) !== -1;
      return whole || parts.some((part) => text.includes(part))
        ? [
            {
              invariant: SECRETS_RULE.id,
              says: SECRETS_RULE.says,
              subject,
              detail: `holds ${whole ? '' : 'a part of '}${name}: change that secret`,
            },
          ]
        : [];
    }),
  );
}

/** Writes entries of the audit log. Every entry is written by these two, in the transaction of the change that it is about. */
import type { Actor } from '../../domain/incident/state.js';
import type { Querying } from '../connection/querying.js';

/** SQL expressions of an entry; `from` adds FROM, WHERE or HAVING, so that there is one entry for each row, or none. */
interface AuditColumns {
  at?: string;
  actor: string;
  action: string;
  subject: string;
  data: string;
  from?: string;
}

/** An INSERT for use inside a larger statement, where the entry must not cost a round trip of its own. */
export const auditInsert = ({
  at = 'tocsin_now()',
  actor,
  action,
  subject,
  data,
  from = '',
}: AuditColumns): string =>
  `INSERT INTO audit_entry (at, actor, action, subject, data) SELECT ${at}, ${actor}, ${action}, ${subject}, ${data} ${from}`;

export interface AuditedAction {
  actor: Actor;
  /** `<noun>.<verb>`. */
  action: string;
  /** `<kind>/<name>`. */
  subject: string;
  data?: object;
}

const oneEntry = auditInsert({
  actor: '$1::text',
  action: '$2::text',
  subject: '$3::text',
  data: '$4::jsonb',
});

export async function writeAudit(
  tx: Querying,
  { actor, action, subject, data = {} }: AuditedAction,
): Promise<void> {
  await tx.query(oneEntry, [actor, action, subject, JSON.stringify(data)]);
}

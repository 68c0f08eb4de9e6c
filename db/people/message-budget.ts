/** Limits on codes and test pages per person and per address: an address is protected from all people together. */
import { type Refused, refuse } from '../../domain/oncall/decide-override.js';
import { RESEND_AFTER_MS, SENT_PER_ADDRESS, SENT_PER_PERSON } from '../../domain/people/limits.js';
import type { LiveChange } from '../config/live-change.js';

/** Null when one more message may go; otherwise a refusal that says when to try again. */
export async function overBudget(
  { tx, now }: LiveChange<'Person'>,
  person: string,
  { name, address }: { name: string; address: string },
  kind: 'code' | 'test',
): Promise<Refused | null> {
  const rows: { last: Date | null; mine: number; there: number }[] = await tx.query(
    `SELECT max(created_at) FILTER (WHERE person = $1 AND contact = $2 AND kind = $4) AS last,
            (count(*) FILTER (WHERE person = $1))::int AS mine, (count(*) FILTER (WHERE address = $3))::int AS there
       FROM contact_message WHERE created_at > tocsin_now() - interval '1 hour' AND (person = $1 OR address = $3)
        AND requested_by <> 'tocsin'`,
    [person, name, address, kind],
  );
  const { last = null, mine = 0, there = 0 } = rows[0] ?? {};
  const waitMs = last === null ? 0 : last.getTime() + RESEND_AFTER_MS - Date.parse(now);
  if (waitMs > 0)
    return refuse(
      'too_soon',
      `A message is on its way there; wait ${Math.ceil(waitMs / 1000)} s for another.`,
    );
  if (mine >= SENT_PER_PERSON || there >= SENT_PER_ADDRESS)
    return refuse('too_many_messages', 'Too many messages went out in the last hour; try again later.');
  return null;
}

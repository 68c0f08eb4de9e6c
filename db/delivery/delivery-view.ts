/** The delivery ledger of an incident or a person: recipients, contacts, attempts and the providers' results. */
import { maskAddress } from '../../domain/people/mask-address.js';
import { idOf, type Page, pageLimit, pageOf } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';

interface AttemptReply {
  at: string;
  /** `accepted`, `failed`, `ambiguous`, `withdrawn`; null while the attempt runs, or when its sender disappeared. */
  outcome: string | null;
  provider: string | null;
  error: string | null;
  possibleDuplicate: boolean;
  sender: string;
}

export interface DeliveryReply {
  id: string;
  type: string;
  person: string;
  contact: string;
  channel: string;
  /** Masked. */
  address: string;
  escalation: string | null;
  /** `cycle` counts from 0, `step` from 1. */
  cycle: number;
  step: number;
  /** planned, sending, accepted, delivered, failed, exhausted or suppressed. */
  state: string;
  /** Reason of the suppression. */
  reason: string | null;
  /** Reason of a delay, current or past: `held: 6 pages in 10 minutes`. */
  held: string | null;
  /** The incident whose page includes this one, as `INC-42`. */
  bundledInto: string | null;
  /** The provider's last receipt: delivered, read, failed, bounced; `missing` when none came in time. */
  receipt: string | null;
  /** Time of the next attempt; null when none is due. */
  dueAt: string | null;
  attempts: AttemptReply[];
  createdAt: string;
  updatedAt: string;
}

/** A delivery in a person's list, with its incident. */
export interface PersonDeliveryReply extends DeliveryReply {
  incident: { number: string; title: string; priority: string; drill: boolean } | null;
}

type Row = Omit<DeliveryReply, 'createdAt' | 'updatedAt' | 'dueAt' | 'attempts'> & {
  dueAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  attempts: AttemptReply[] | null;
};

const columns = `d.id, d.type, d.person, d.contact, d.channel, d.address, d.escalation, d.cycle, d.step, d.state, d.reason, d.held, d.receipt,
  d.due_at AS "dueAt", d.created_at AS "createdAt", d.updated_at AS "updatedAt", tried.attempts,
  (SELECT ci.state->>'number' FROM delivery c JOIN incident ci ON ci.id = c.incident_id WHERE c.id = d.bundle) AS "bundledInto"`;

const tried = `LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('at', a.at, 'outcome', a.outcome, 'provider', a.provider, 'error', a.error,
           'possibleDuplicate', a.possible_duplicate, 'sender', a.sender) ORDER BY a.n) AS attempts
    FROM delivery_attempt a WHERE a.delivery_id = d.id) tried ON true`;

/** Without `type`: messages to people, without the events for subscriptions. */
export async function listDeliveries(
  db: Querying,
  incidentId: string,
  { limit: wanted, cursor, type }: { limit?: number; cursor?: string; type?: string | undefined } = {},
): Promise<Page<DeliveryReply>> {
  const limit = pageLimit(wanted);
  const rows: Row[] = await db.query(
    `SELECT ${columns} FROM delivery d ${tried}
      WHERE d.incident_id = $1 AND CASE WHEN $4::text IS NULL THEN d.type <> 'incident.event' ELSE d.type = $4 END
        AND ($2::uuid IS NULL OR (d.created_at, d.id) > (SELECT c.created_at, c.id FROM delivery c WHERE c.id = $2))
      ORDER BY d.created_at, d.id LIMIT $3`,
    [incidentId, idOf(cursor), limit + 1, type ?? null],
  );
  return pageOf(rows, limit, (row) => row.id, toReply);
}

export interface PersonQuestion {
  /** ISO 8601; `from` inclusive, `to` exclusive. */
  from?: string | undefined;
  to?: string | undefined;
  limit?: number | undefined;
  /** `next` of the previous page; any other text throws InvalidCursor. */
  cursor?: string | undefined;
}

/** Everything planned for one person, newest first, except updates in place, which alerted nobody. */
export async function listPersonDeliveries(
  db: Querying,
  person: string,
  { from, to, limit: wanted, cursor }: PersonQuestion = {},
): Promise<Page<PersonDeliveryReply>> {
  const limit = pageLimit(wanted);
  const rows: (Row & Pick<PersonDeliveryReply, 'incident'>)[] = await db.query(
    `SELECT ${columns}, CASE WHEN i.id IS NOT NULL THEN jsonb_build_object('number', i.state->'number', 'title', i.title,
              'priority', i.priority, 'drill', i.drill IS NOT NULL) END AS incident
       FROM delivery d LEFT JOIN incident i ON i.id = d.incident_id ${tried}
      WHERE d.person = $1 AND d.type <> 'page.updated' AND ($2::timestamptz IS NULL OR d.created_at >= $2) AND ($3::timestamptz IS NULL OR d.created_at < $3)
        AND ($4::uuid IS NULL OR (d.created_at, d.id) < (SELECT c.created_at, c.id FROM delivery c WHERE c.id = $4))
      ORDER BY d.created_at DESC, d.id DESC LIMIT $5`,
    [person, from ?? null, to ?? null, idOf(cursor), limit + 1],
  );
  return pageOf(
    rows,
    limit,
    (row) => row.id,
    ({ incident, ...row }) => ({ ...toReply(row), incident }),
  );
}

function toReply({ attempts, createdAt, updatedAt, dueAt, address, ...row }: Row): DeliveryReply {
  return {
    ...row,
    address: maskAddress(row.channel, address),
    // Inside jsonb an instant is text with the session's offset.
    attempts: (attempts ?? []).map((attempt) => ({ ...attempt, at: new Date(attempt.at).toISOString() })),
    dueAt: dueAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** The delivery ledger of an incident, oldest first: who was told what, how, and what the providers said. */
import { maskAddress } from './mask-address.js';
import { idOf, type Page, pageLimit, pageOf, type Querying } from './page.js';

export interface AttemptReply {
  at: string;
  /** `accepted`, `failed`, `ambiguous`, `withdrawn`; null while it runs or when its sender vanished. */
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
  track: string | null;
  /** `cycle` counts from 0, `step` from 1. */
  cycle: number;
  step: number;
  /** planned, sending, accepted, delivered, failed, exhausted or suppressed. */
  state: string;
  /** Why it was suppressed. */
  reason: string | null;
  attempts: AttemptReply[];
  createdAt: string;
  updatedAt: string;
}

type Row = Omit<DeliveryReply, 'createdAt' | 'updatedAt' | 'attempts'> & {
  createdAt: Date;
  updatedAt: Date;
  attempts: AttemptReply[] | null;
};

/** Without `type`: what went to people, not the events that subscriptions were told. */
export async function listDeliveries(
  db: Querying,
  incidentId: string,
  { limit: wanted, cursor, type }: { limit?: number; cursor?: string; type?: string | undefined } = {},
): Promise<Page<DeliveryReply>> {
  const limit = pageLimit(wanted);
  const rows: Row[] = await db.query(
    `SELECT d.id, d.type, d.person, d.contact, d.channel, d.address, d.track, d.cycle, d.step, d.state, d.reason,
            d.created_at AS "createdAt", d.updated_at AS "updatedAt", tried.attempts
       FROM delivery d
       LEFT JOIN LATERAL (
         SELECT jsonb_agg(jsonb_build_object('at', a.at, 'outcome', a.outcome, 'provider', a.provider, 'error', a.error,
                  'possibleDuplicate', a.possible_duplicate, 'sender', a.sender) ORDER BY a.n) AS attempts
           FROM delivery_attempt a WHERE a.delivery_id = d.id) tried ON true
      WHERE d.incident_id = $1 AND CASE WHEN $4::text IS NULL THEN d.type <> 'incident.event' ELSE d.type = $4 END
        AND ($2::uuid IS NULL OR (d.created_at, d.id) > (SELECT c.created_at, c.id FROM delivery c WHERE c.id = $2))
      ORDER BY d.created_at, d.id LIMIT $3`,
    [incidentId, idOf(cursor), limit + 1, type ?? null],
  );
  return pageOf(rows, limit, (row) => row.id, toReply);
}

function toReply({ attempts, createdAt, updatedAt, address, ...row }: Row): DeliveryReply {
  return {
    ...row,
    address: maskAddress(row.channel, address),
    // Inside jsonb an instant is text with the session's offset.
    attempts: (attempts ?? []).map((attempt) => ({ ...attempt, at: new Date(attempt.at).toISOString() })),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

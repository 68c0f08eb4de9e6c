/** Which page an answer means. Only pages that were really sent count; people who share an address are told apart by them. */
import type { EntityManager } from 'typeorm';
import type { ChannelName } from '../domain/delivery/channels.js';
import { contactIdentity } from '../domain/reply/contact-identity.js';
import { incidentIdOf } from './views/incident-view.js';

type Querying = Pick<EntityManager, 'query'>;

const SENT = `d.type = 'page.requested' AND d.state <> 'suppressed' AND d.attempts > 0`;
/** Also those that another page's message named. */
const TOLD = `d.type = 'page.requested' AND ((d.state <> 'suppressed' AND d.attempts > 0)
  OR (d.state = 'suppressed' AND d.carrier IS NOT NULL AND d.reason LIKE 'bundled into %'))`;
const OPEN = `i.status IN ('triggered', 'acknowledged')`;

/** None when there is no such incident. */
export async function incidentIdsOf(tx: Querying, idOrNumber: string): Promise<string[]> {
  const id = await incidentIdOf(tx, idOrNumber);
  return id === null ? [] : [id];
}

/** Who of them was paged for this incident last; null: nobody. */
export async function wasPaged(tx: Querying, people: string[], incident: string): Promise<string | null> {
  const rows: { person: string }[] = await tx.query(
    `SELECT d.person FROM delivery d WHERE ${TOLD} AND d.incident_id = $1 AND d.person = ANY ($2)
      ORDER BY d.created_at DESC LIMIT 1`,
    [incident, people],
  );
  return rows[0]?.person ?? null;
}

/** The message that an answer stands below, whatever became of its incident: the answer then tells so. */
export interface MeantPage {
  incident: string;
  person: string;
  type: string;
}

/** The delivery that an answer names; null unless it went to one of these people at the very address that answers. */
export async function namedPage(
  tx: Querying,
  people: string[],
  { channel, from }: { channel: ChannelName; from: string },
  delivery: string,
): Promise<MeantPage | null> {
  const rows: (MeantPage & { address: string })[] = await tx.query(
    `SELECT d.incident_id AS incident, d.person, d.type, d.address FROM delivery d
      WHERE (d.id::text = $1 OR d.key = $1) AND d.person = ANY ($2) AND d.channel = $3`,
    [delivery, people, channel],
  );
  const own = rows.find(
    ({ address }) => contactIdentity(channel, address) === contactIdentity(channel, from),
  );
  return own === undefined ? null : { incident: own.incident, person: own.person, type: own.type };
}

/** The page that stands last on the screen of whoever answers: of an open incident, first of this channel, then of any. */
export async function latestPaged(
  tx: Querying,
  people: string[],
  channel: string,
): Promise<MeantPage | null> {
  const rows: MeantPage[] = await tx.query(
    `SELECT d.incident_id AS incident, d.person, d.type
       FROM delivery d JOIN incident i ON i.id = d.incident_id
       JOIN delivery_attempt a ON a.delivery_id = d.id AND a.n = d.attempts
      WHERE ${SENT} AND ${OPEN} AND d.person = ANY ($1)
      ORDER BY d.channel = $2 DESC, a.at DESC, i.number DESC LIMIT 1`,
    [people, channel],
  );
  return rows[0] ?? null;
}

/** The open incidents that one of them was paged for, newest first; who is meant is the one paged last. */
export async function allPaged(
  tx: Querying,
  people: string[],
  service: string | null,
  limit: number,
): Promise<{ incidents: string[]; person: string | null }> {
  const rows: { incident: string; person: string }[] = await tx.query(
    `SELECT i.id AS incident, (array_agg(d.person ORDER BY d.created_at DESC))[1] AS person
       FROM delivery d JOIN incident i ON i.id = d.incident_id
      WHERE ${TOLD} AND ${OPEN} AND d.person = ANY ($1) AND ($2::text IS NULL OR i.service = $2)
      GROUP BY i.id ORDER BY max(d.created_at) DESC LIMIT $3`,
    [people, service, limit],
  );
  const person = rows[0]?.person ?? null;
  return { person, incidents: rows.filter((row) => row.person === person).map((row) => row.incident) };
}

export interface SentDelivery {
  id: string;
  key: string;
  type: string;
  person: string;
  address: string;
  provider: string | null;
  providerId: string | null;
  incident: string;
}

/** By its key, or the first 32 digits of it, which no two have in common; null when there is none. */
export async function sentDelivery(tx: Querying, keyStart: string): Promise<SentDelivery | null> {
  if (!/^[0-9a-f]{32,64}$/.test(keyStart)) return null;
  const rows: SentDelivery[] = await tx.query(
    `SELECT id, key, type, person, address, provider, provider_id AS "providerId", incident_id AS incident
       FROM delivery WHERE key >= $1 AND key < $1 || 'g' LIMIT 1`,
    [keyStart],
  );
  return rows[0] ?? null;
}

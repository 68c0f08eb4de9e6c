/**
 * Finds the page that a reply means. Only pages that arrived count; they also tell apart people who share an address.
 */
import { WRONG_CODE } from '../../domain/reply/sms-proof.js';
import type { ChannelName } from '../../domain/delivery/channel-traits.js';
import type { PageStep } from '../../domain/reply/page-command.js';
import { contactIdentity } from '../../domain/reply/contact-identity.js';
import { incidentIdOf } from '../incident/incident-view.js';
import { isUuid } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';

/** SQL: the page has arrived as far as known: accepted by the provider, or an attempt ended ambiguously. */
const arrived = (row: string): string =>
  `(${row}.state IN ('accepted', 'delivered') OR coalesce(${row}.receipt, '') IN ('delivered', 'read')
    OR EXISTS (SELECT 1 FROM delivery_attempt t WHERE t.delivery_id = ${row}.id AND t.outcome = 'ambiguous'))`;
/** SQL: the row whose message showed this page: the bundle's, if the page was bundled. */
export const TELLING = `JOIN delivery told ON told.id = CASE WHEN d.sent_in_bundle THEN d.bundle ELSE d.id END`;
/** SQL: escalation, cycle and step that created this row. */
const fromOf = (row: string): string =>
  `CASE WHEN ${row}.escalation IS NULL THEN NULL
    ELSE jsonb_build_object('escalation', ${row}.escalation, 'cycle', ${row}.cycle, 'step', ${row}.step) END AS "from"`;
const PAGE = `d.type = 'page.requested' AND told.state <> 'suppressed'`;
const OPEN = `i.status IN ('triggered', 'acknowledged')`;

/** Empty when there is no such incident. */
export async function incidentIdsOf(tx: Querying, idOrNumber: string): Promise<string[]> {
  const id = await incidentIdOf(tx, idOrNumber);
  return id === null ? [] : [id];
}

/**
 * The one of these people who was paged last for this incident, or null. Receipts can be wrong (a machine was taken
 * for a listening person), so every page counts that some provider did not refuse: a person who got one must not get
 * the answer that the incident does not exist.
 */
export async function wasPaged(tx: Querying, people: string[], incident: string): Promise<string | null> {
  const rows: { person: string }[] = await tx.query(
    `SELECT d.person FROM delivery d ${TELLING}
      WHERE ${PAGE} AND d.incident_id = $1 AND d.person = ANY ($2)
        AND EXISTS (SELECT 1 FROM delivery_attempt t
                     WHERE t.delivery_id = told.id AND coalesce(t.outcome, '') NOT IN ('failed', 'withdrawn'))
      ORDER BY d.created_at DESC LIMIT 1`,
    [incident, people],
  );
  return rows[0]?.person ?? null;
}

/** The message to which a reply belongs, whatever the state of its incident: the answer then describes that state. */
export interface MeantPage {
  delivery: string;
  incident: string;
  person: string;
  channel: string;
  type: string;
  /** The step that created the page; null when no step did. */
  from: PageStep | null;
}

/** The delivery that a reply names; null unless it was sent to one of these people at the replying address. */
export async function namedPage(
  tx: Querying,
  people: string[],
  { channel, from }: { channel: ChannelName; from: string },
  delivery: string,
): Promise<MeantPage | null> {
  const rows: (MeantPage & { address: string })[] = await tx.query(
    `SELECT d.id AS delivery, d.incident_id AS incident, d.person, d.channel, d.type, d.address, ${fromOf('d')} FROM delivery d
      WHERE (d.id = $4 OR d.key = $1) AND d.person = ANY ($2) AND d.channel = $3`,
    [delivery, people, channel, isUuid(delivery) ? delivery : null],
  );
  const own = rows.find(
    ({ address }) => contactIdentity(channel, address) === contactIdentity(channel, from),
  );
  if (own === undefined) return null;
  const { address: _address, ...page } = own;
  return page;
}

/**
 * The page that is presumably newest on the sender's screen: of an open incident, first on this channel, then on any.
 * A page that is being sent right now may be there already, but is meant only when there is no other.
 */
export async function latestPaged(
  tx: Querying,
  people: string[],
  channel: string,
): Promise<MeantPage | null> {
  const rows: MeantPage[] = await tx.query(
    `SELECT d.id AS delivery, d.incident_id AS incident, d.person, d.channel, d.type, ${fromOf('d')}
       FROM delivery d JOIN incident i ON i.id = d.incident_id
       JOIN delivery_attempt a ON a.delivery_id = d.id AND a.n = d.attempts
       ${TELLING}
      WHERE ${PAGE} AND told.id = d.id AND ${OPEN} AND d.person = ANY ($1) AND (${arrived('d')} OR d.state = 'sending')
      ORDER BY ${arrived('d')} DESC, d.channel = $2 DESC, a.at DESC, i.number DESC LIMIT 1`,
    [people, channel],
  );
  return rows[0] ?? null;
}

/** Open incidents whose page reached one of these people, newest first; the person paged last is the one meant. */
export async function allPaged(
  tx: Querying,
  people: string[],
  service: string | null,
  limit: number,
): Promise<{ incidents: string[]; person: string | null }> {
  const rows: { incident: string; person: string }[] = await tx.query(
    `SELECT i.id AS incident, (array_agg(d.person ORDER BY d.created_at DESC))[1] AS person
       FROM delivery d JOIN incident i ON i.id = d.incident_id ${TELLING}
      WHERE ${PAGE} AND ${arrived('told')} AND ${OPEN} AND d.person = ANY ($1) AND ($2::text IS NULL OR i.service = $2)
      GROUP BY i.id ORDER BY max(d.created_at) DESC LIMIT $3`,
    [people, service, limit],
  );
  const person = rows[0]?.person ?? null;
  return { person, incidents: rows.filter((row) => row.person === person).map((row) => row.incident) };
}

/** The step that sent a page; null when no step did, or when there is no such delivery. */
export async function stepOfDelivery(tx: Querying, delivery: string): Promise<PageStep | null> {
  const rows: { from: PageStep | null }[] = await tx.query(
    `SELECT ${fromOf('d')} FROM delivery d WHERE d.id = $1::uuid`,
    [delivery],
  );
  return rows[0]?.from ?? null;
}

/** Incidents shown in one message: its own, and those bundled into it. */
export function incidentsInMessage(
  tx: Querying,
  delivery: string,
): Promise<{ id: string; number: string; service: string | null }[]> {
  return tx.query(
    `SELECT DISTINCT i.id, 'INC-' || i.number AS number, i.service FROM delivery d JOIN incident i ON i.id = d.incident_id
      WHERE d.type = 'page.requested'
        AND (d.id = $1 OR (d.bundle = $1 AND d.sent_in_bundle))`,
    [delivery],
  );
}

/** SMS pages sent to these people at this number, about incidents that are not closed. */
export async function textedPages(
  tx: Querying,
  people: string[],
  from: string,
): Promise<{ key: string; number: string; isOpen: boolean }[]> {
  const rows: { key: string; number: string; isOpen: boolean; address: string }[] = await tx.query(
    `SELECT told.key, 'INC-' || i.number AS number, told.address, ${OPEN} AS "isOpen"
       FROM delivery d JOIN incident i ON i.id = d.incident_id ${TELLING}
      WHERE ${PAGE} AND i.status <> 'closed' AND told.channel = 'sms' AND d.person = ANY ($1)
        AND EXISTS (SELECT 1 FROM delivery_attempt t WHERE t.delivery_id = told.id AND coalesce(t.outcome, '') NOT IN ('failed', 'withdrawn'))
      ORDER BY told.id = d.id DESC`,
    [people],
  );
  return rows.filter(({ address }) => contactIdentity('sms', address) === contactIdentity('sms', from));
}

/** Codes in texts of the same people are compared one after another, so that each wrong one is counted before the next. */
export async function oneCodeAtOnce(tx: Querying, people: string[]): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtextextended('sms-code/' || person, 0)) FROM unnest($1::text[]) AS person`,
    [people.toSorted()],
  );
}

/** Number of SMS in these people's names in the last hour whose code was wrong: by their answer, as the stored text is redacted and cut. */
export async function wrongCodes(tx: Querying, people: string[]): Promise<number> {
  const rows: { n: number }[] = await tx.query(
    `SELECT count(*)::int AS n FROM inbound_reply WHERE channel = 'sms' AND person = ANY ($1) AND outcome = 'refused'
        AND answer = $2 AND at > tocsin_now() - interval '1 hour'`,
    [people, WRONG_CODE],
  );
  return rows[0]?.n ?? 0;
}

export interface SentDelivery {
  from: PageStep | null;
  id: string;
  key: string;
  type: string;
  person: string;
  address: string;
  provider: string | null;
  providerId: string | null;
  incident: string;
}

/**
 * SQL: like its link, a mail can be answered until some days after its incident closed, or until all links were
 * ended.
 */
const ANSWERABLE = `EXISTS (SELECT 1 FROM link_token l WHERE l.incident_id = delivery.incident_id
  AND l.subject->>'delivery' = delivery.id::text AND l.revoked_at IS NULL AND (l.expires_at IS NULL OR l.expires_at > tocsin_now()))`;

/** The delivery of this key, if it can still be answered. */
export const answerableDelivery = (tx: Querying, keyStart: string): Promise<SentDelivery | null> =>
  deliveryBy(tx, keyStart, ` AND ${ANSWERABLE}`);

/** The delivery of this key, or of its first 32 digits, which are unique; null when there is none. */
export const sentDelivery = (tx: Querying, keyStart: string): Promise<SentDelivery | null> =>
  deliveryBy(tx, keyStart, '');

async function deliveryBy(tx: Querying, keyStart: string, and: string): Promise<SentDelivery | null> {
  if (!isKeyStart(keyStart)) return null;
  const rows: SentDelivery[] = await tx.query(
    `SELECT id, key, type, person, address, provider, provider_id AS "providerId", incident_id AS incident, ${fromOf('delivery')}
       FROM delivery WHERE key >= $1 AND key < $1 || 'g'${and} LIMIT 1`,
    [keyStart],
  );
  return rows[0] ?? null;
}

/** The same for codes and test pages, which belong to no incident: returns the whole key. */
export async function sentContactMessage(tx: Querying, keyStart: string): Promise<string | null> {
  if (!isKeyStart(keyStart)) return null;
  const rows: { key: string }[] = await tx.query(
    `SELECT key FROM contact_message WHERE key >= $1 AND key < $1 || 'g' LIMIT 1`,
    [keyStart],
  );
  return rows[0]?.key ?? null;
}

const isKeyStart = (text: string): boolean => /^[0-9a-f]{32,64}$/.test(text);

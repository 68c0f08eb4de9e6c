/**
 * Writes the end of an attempt. The row is read, the changes are decided outside, and one statement writes them if the row
 * is still the one that was read (compare and set); else the decision is made again. No lock is held between the two
 * statements, so a process that stalls there blocks no acknowledgement.
 */
import type { AttemptedRow, Changes } from '../../domain/delivery/settle.js';
import { mayHaveBeenDelivered } from './earlier-attempts.js';
import { hasFollower, nextContactAfter } from './next-contact.js';
import type { Querying } from '../connection/querying.js';

export interface AttemptEnd {
  delivery: string;
  /** 1 for the first attempt. */
  n: number;
  outcome: 'accepted' | 'failed' | 'ambiguous' | 'withdrawn';
  provider: string | null;
  providerId: string | null;
  error: string | null;
}

export async function endAttempt(
  dataSource: Querying,
  end: AttemptEnd,
  decide: (row: AttemptedRow) => Changes | null,
): Promise<void> {
  const { delivery, n, outcome, provider, providerId, error } = end;
  const attempt = [delivery, n, outcome, provider, error];
  for (;;) {
    const [row]: AttemptedRow[] = await dataSource.query(READ, [delivery]);
    const changes = row === undefined ? null : decide(row);
    if (changes === null) {
      await dataSource.query(RECORD_ATTEMPT, attempt);
      return;
    }
    const [written]: { rows: number }[] = await dataSource.query(WRITE, [
      ...attempt,
      providerId,
      JSON.stringify(row),
      JSON.stringify(changes),
    ]);
    if (written?.rows === 1) return;
  }
}

const READ = `
  SELECT d.type, d.state, d.lease, d.reason, d.receipt, d.attempts, ${mayHaveBeenDelivered('d')} AS "isDoubtful",
         coalesce((SELECT jsonb_agg(jsonb_build_object('id', c.id, 'number', ci.state->'number'))
                     FROM delivery c JOIN incident ci ON ci.id = c.incident_id
                    WHERE c.bundle = d.id AND c.state = 'planned'), '[]') AS bundled
    FROM delivery d WHERE d.id = $1`;

/** Records the end of the attempt alone. A provider's text stays out of JSON, where PostgreSQL refuses some characters. A known result is not withdrawn. */
const recordAttempt = (now: string, from = ''): string => `
  UPDATE delivery_attempt a SET outcome = $3, provider = $4, error = $5, finished_at = ${now} ${from}
   WHERE a.delivery_id = $1 AND a.n = $2 AND ($3 <> 'withdrawn' OR a.outcome IS NULL)`;

const RECORD_ATTEMPT = recordAttempt('tocsin_now()');

const inMs = (ms: string): string => `clock.now + ${ms} * interval '1 millisecond'`;

const WRITE = `
  WITH clock AS MATERIALIZED (SELECT tocsin_now() AS now),
  changes AS (
    SELECT * FROM jsonb_to_record($8::jsonb) AS c (state text, reason text, "dueInMs" int, "confirmsInMs" int, "nextContact" text,
      "isNews" boolean, bundled jsonb)),
  row AS (
    UPDATE delivery d SET state = c.state, reason = c.reason, due_at = ${inMs('c."dueInMs"')},
      confirm_by = ${inMs('c."confirmsInMs"')}, lease = NULL, lease_until = NULL,
      provider = coalesce($4, d.provider), provider_id = coalesce($6, d.provider_id), updated_at = clock.now
      FROM clock, changes c, jsonb_to_record($7::jsonb) AS seen (state text, lease uuid, reason text, receipt text, attempts int)
     WHERE d.id = $1 AND d.state = seen.state AND d.lease IS NOT DISTINCT FROM seen.lease
       AND d.reason IS NOT DISTINCT FROM seen.reason AND d.receipt IS NOT DISTINCT FROM seen.receipt
       AND d.attempts = seen.attempts
    RETURNING d.*),
  attempt AS (${recordAttempt('clock.now', 'FROM clock, row')} RETURNING a.sender),
  bundled AS (
    UPDATE delivery d SET state = c.state, reason = c.reason, due_at = ${inMs('c."dueInMs"')},
      bundle = CASE WHEN c."staysBundled" THEN d.bundle END, sent_in_bundle = c."isSentInBundle", updated_at = clock.now
      FROM clock, row, changes, jsonb_to_recordset(changes.bundled) AS c (id uuid, state text, reason text, "isSentInBundle" boolean, "dueInMs" int, "staysBundled" boolean)
     WHERE d.id = c.id AND d.bundle = row.id AND d.state = 'planned' RETURNING d.incident_id, d.due_at),
  -- This person's next contact for the same page is tried now instead of later, unless one was brought forward before.
  next AS (
    UPDATE delivery d SET due_at = least(d.due_at, clock.now), updated_at = clock.now
      FROM clock, changes c, row CROSS JOIN LATERAL (${nextContactAfter('row')}) n
     WHERE c."nextContact" <> 'none' AND (c."nextContact" = 'any' OR d.contact <> row.contact)
       AND NOT ${hasFollower('row')} AND d.id = n.id AND d.state = 'planned'),
  -- Their workflows expect these rows later, and no workflow knows the retry of an attempt by the pager. Retries of workers
  -- are followed up by the worker itself.
  news AS (
    SELECT incident_id FROM bundled, clock WHERE due_at <= clock.now
    UNION
    SELECT row.incident_id FROM row, attempt, changes c
     WHERE c."isNews" AND EXISTS (SELECT 1 FROM heartbeat h WHERE h.process = 'pager' AND h.instance = attempt.sender))
  SELECT (SELECT count(*) FROM row)::int AS rows, (SELECT count(pg_notify('tocsin_ledger', incident_id::text)) FROM news) AS announced`;

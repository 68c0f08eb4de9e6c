/**
 * Invariants of paging: everybody who must be paged is paged, once, and not after an acknowledgement. I1, I3, I4, I5,
 * I14.
 */
import { changed, type Invariant, recent } from './invariant.js';

export const pagingInvariants: readonly Invariant[] = [
  {
    id: 'I1',
    says: 'what an incident owes is done when it is due',
    sql: `SELECT 'INC-' || number AS subject, 'owed something at ' || next_deadline AS detail
            FROM incident WHERE next_deadline < tocsin_now() - $2::interval`,
  },
  {
    id: 'I1',
    says: 'an incident whose step was paged has reached somebody, is still trying, or says that it could not',
    sql: `WITH ${changed}
          SELECT 'INC-' || i.number AS subject, 'triggered at ' || i.created_at || ' and no delivery says why nobody was reached' AS detail
            FROM changed JOIN incident i USING (id)
           WHERE i.status = 'triggered' AND i.created_at < tocsin_now() - $2::interval
             AND EXISTS (SELECT 1 FROM incident_event e WHERE e.incident_id = i.id AND e.kind = 'paged' AND (e.data->>'deliveries')::int > 0)
             AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.incident_id = i.id AND d.type = 'page.requested'
                   AND (d.state <> 'failed' OR d.due_at IS NOT NULL))`,
  },
  {
    id: 'I3',
    says: 'what is sent again after an attempt whose end nobody heard is marked, and what was accepted is not sent again',
    sql: `SELECT a.delivery_id::text AS subject, 'attempt ' || a.n || ' of INC-' || i.number || ' is not marked' AS detail
            FROM delivery_attempt a JOIN delivery d ON d.id = a.delivery_id JOIN incident i ON i.id = d.incident_id
           WHERE a.n > 1 AND d.created_at > tocsin_now() - $1::interval AND NOT a.possible_duplicate
             AND coalesce(a.outcome, 'ambiguous') <> 'withdrawn'
             AND EXISTS (SELECT 1 FROM delivery_attempt b WHERE b.delivery_id = a.delivery_id AND b.n < a.n
                   AND coalesce(b.outcome, 'ambiguous') IN ('ambiguous', 'accepted'))`,
  },
  {
    id: 'I4',
    says: 'a delivery is in a state that its attempts lead to',
    sql: `WITH ${recent}
          SELECT d.id::text AS subject, d.state || ' after ' || d.attempts || ' attempts'
                 || coalesce(', due ' || d.due_at, '') || coalesce(', ' || d.reason, '') AS detail
            FROM recent d
           WHERE (d.state = 'planned' AND d.attempts > 0)
              OR (d.state IN ('sending', 'accepted', 'delivered', 'failed') AND d.attempts = 0)
              OR (d.state IN ('accepted', 'delivered', 'exhausted', 'suppressed') AND d.due_at IS NOT NULL)
              OR (d.state = 'failed' AND d.due_at IS NULL AND d.reason IS NULL AND d.receipt IS NULL)
              OR (d.state = 'accepted' AND NOT EXISTS (
                   SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = d.id AND a.outcome = 'accepted'))
              OR (d.state = 'suppressed' AND EXISTS (
                   SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = d.id AND a.outcome = 'accepted'))
              OR (d.state IN ('failed', 'exhausted') AND coalesce(d.receipt, '') NOT IN ('failed', 'bounced') AND EXISTS (
                   SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = d.id AND a.outcome = 'accepted'))`,
  },
  {
    id: 'I4',
    says: 'the cycles of an escalation only grow',
    sql: `SELECT 'INC-' || i.number AS subject, escalation || ' goes from cycle ' || before || ' to ' || cycle AS detail
            FROM (SELECT e.incident_id, e.data->>'escalation' AS escalation, (e.data->>'cycle')::int AS cycle,
                         lag((e.data->>'cycle')::int) OVER (PARTITION BY e.incident_id, e.data->>'escalation' ORDER BY e.seq) AS before
                    FROM incident_event e WHERE e.kind = 'paged' AND e.at > tocsin_now() - $1::interval) paged
            JOIN incident i ON i.id = paged.incident_id WHERE cycle < before`,
  },
  {
    id: 'I5',
    says: 'no page starts more than 2 s after the acknowledgement that answers it',
    sql: `SELECT 'INC-' || i.number AS subject,
                 'attempt ' || a.n || ' to ' || d.person || ' at ' || a.at || ', acknowledged at ' || e.at AS detail
            FROM incident_event e
            JOIN delivery d ON d.incident_id = e.incident_id AND d.type = 'page.requested' AND d.created_at <= e.at
                 AND e.data->'answered' ? d.escalation
            JOIN delivery_attempt a ON a.delivery_id = d.id AND a.at > e.at + interval '2 seconds'
                 AND a.outcome IS DISTINCT FROM 'withdrawn'
            JOIN incident i ON i.id = e.incident_id
           WHERE e.kind = 'acknowledged' AND e.at > tocsin_now() - $1::interval`,
  },
  {
    id: 'I14',
    says: 'messages go out when they are due',
    sql: `SELECT d.id::text AS subject, d.state || ' to ' || d.person || ' since ' || d.due_at AS detail FROM delivery d
           WHERE d.state IN ('planned', 'failed') AND d.due_at < tocsin_now() - $2::interval AND d.type NOT IN ('incident.event', 'page.updated')
          UNION ALL
          SELECT d.id::text, 'its lease ended at ' || d.lease_until FROM delivery d
           WHERE d.state = 'sending' AND d.lease_until < tocsin_now() - $2::interval AND d.type NOT IN ('incident.event', 'page.updated')`,
  },
];

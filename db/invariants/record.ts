/** Consistency of the record itself: I2, I6, I7, I8, I13, I14. */
import { changed, type Invariant } from './invariant.js';

export const recordInvariants: readonly Invariant[] = [
  {
    id: 'I2',
    says: 'an open alert has an incident or something holds it, and no alert is without a reason',
    sql: `SELECT id::text AS subject, 'open since ' || first_at || ' and in no incident, and nothing holds it' AS detail
            FROM alert WHERE incident_id IS NULL AND status = 'open' AND held_by IS NULL
          UNION ALL
          SELECT id::text, 'in no incident, and nothing says why' FROM alert
           WHERE incident_id IS NULL AND status = 'closed' AND reasons = '[]'
          UNION ALL
          SELECT id::text, 'held by ' || held_by || ', and not judged since ' || judged_at FROM alert
           WHERE status = 'open' AND held_by IS NOT NULL AND judged_at < tocsin_now() - interval '10 minutes'`,
  },
  {
    id: 'I2',
    says: 'an open alert belongs to an incident that is not over: what fires is heard',
    sql: `WITH ${changed}
          SELECT a.id::text AS subject, 'open in INC-' || i.number || ', which is ' || i.status AS detail
            FROM changed JOIN incident i USING (id) JOIN alert a ON a.incident_id = i.id
           WHERE a.status = 'open' AND i.status NOT IN ('triggered', 'acknowledged')`,
  },
  {
    id: 'I2',
    says: 'an incident counts the alerts that are open in it',
    sql: `WITH ${changed}
          SELECT 'INC-' || i.number AS subject, (i.state->>'alertsOpen') || ' counted, ' || open.n || ' open' AS detail
            FROM changed JOIN incident i USING (id)
            CROSS JOIN LATERAL (SELECT count(*) AS n FROM alert a WHERE a.incident_id = i.id AND a.status = 'open') open
           WHERE i.merged_into IS NULL AND (i.state->>'alertsOpen')::int <> open.n`,
  },
  {
    id: 'I6',
    says: 'the events of an incident are numbered without a gap, and its row stands at the last one',
    sql: `WITH ${changed}
          SELECT 'INC-' || i.number AS subject, 'row at ' || i.seq || ', ' || e.n || ' events from ' || e.first || ' to ' || e.last AS detail
            FROM changed JOIN incident i USING (id)
            CROSS JOIN LATERAL (SELECT count(*) AS n, min(seq) AS first, max(seq) AS last FROM incident_event WHERE incident_id = i.id) e
           WHERE e.n <> i.seq OR e.last <> i.seq OR e.first <> 1`,
  },
  {
    id: 'I6',
    says: 'the columns of an incident are those of its state',
    sql: `WITH ${changed}
          SELECT 'INC-' || i.number AS subject, 'column and state differ: ' || i.status || '/' || (i.state->>'status') || ', '
                 || i.seq || '/' || (i.state->>'seq') || ', ' || i.postmortem_status || '/' || (i.state->'postmortem'->>'status') AS detail
            FROM changed JOIN incident i USING (id)
           WHERE i.status <> i.state->>'status' OR i.seq <> (i.state->>'seq')::int OR i.priority <> i.state->>'priority'
              OR i.postmortem_status <> i.state->'postmortem'->>'status'`,
  },
  {
    id: 'I7',
    says: 'nothing is closed without a reviewed post-mortem, a waiver or a merge',
    sql: `SELECT 'INC-' || i.number AS subject, 'closed at ' || e.at || ' with the post-mortem ' || i.postmortem_status AS detail
            FROM incident_event e JOIN incident i ON i.id = e.incident_id
           WHERE e.kind = 'closed' AND e.at > tocsin_now() - $1::interval AND NOT EXISTS (
                 SELECT 1 FROM incident_event b WHERE b.incident_id = e.incident_id AND b.seq < e.seq
                    AND b.kind IN ('postmortem_approved', 'postmortem_waived', 'merged'))`,
  },
  {
    id: 'I8',
    says: 'what counts as approved was approved by as many as it takes',
    sql: `SELECT a.id::text AS subject, y.yes || ' of ' || a.quorum || ' approved' AS detail
            FROM incident_event e JOIN approval a ON a.id = (e.data->>'approval')::uuid
            CROSS JOIN LATERAL (SELECT count(*) AS yes FROM approval_decision d WHERE d.approval_id = a.id AND d.decision = 'approve') y
           WHERE e.kind = 'approval_decided' AND e.data->>'outcome' = 'approved' AND e.at > tocsin_now() - $1::interval
             AND y.yes < a.quorum`,
  },
  {
    id: 'I13',
    says: 'no runbook goes on when its incident has been closed',
    sql: `SELECT r.id::text AS subject, r.state || ' in INC-' || i.number || ', closed at ' || i.closed_at AS detail
            FROM incident_event e JOIN incident i ON i.id = e.incident_id AND i.status = 'closed'
            JOIN run r ON r.incident_id = i.id AND r.state IN ('running', 'waiting')
           WHERE e.kind = 'closed' AND e.at BETWEEN tocsin_now() - $1::interval AND tocsin_now() - $2::interval`,
  },
  {
    id: 'I14',
    says: 'Temporal is told what happens',
    sql: `SELECT o.workflow_id AS subject, 'not told of event ' || coalesce(o.seq::text, '-') || ' since ' || o.created_at AS detail
            FROM outbox o WHERE o.delivered_at IS NULL AND o.created_at < tocsin_now() - $2::interval`,
  },
];

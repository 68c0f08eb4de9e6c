/** What is due for review: post-mortems and digests, by whom, since when; what waits for a digest; what a plan left unreviewed. */
import type { IncidentState, PostmortemStatus } from '../../domain/incident/state.js';
import { digestName, digestOpensAt } from '../../domain/postmortem/digest.js';
import { peopleWithPendingWork } from '../../domain/postmortem/overdue-reminder.js';
import type { Querying } from '../connection/querying.js';
import { AWAITING } from './digest-sweep.js';

interface DueReview {
  kind: 'postmortem' | 'digest';
  /** `INC-42` or `D-3`. */
  id: string;
  title: string;
  team: string;
  status: PostmortemStatus | 'open' | 'approving';
  /** People whose step it is; empty: nobody's, so the managers of the team are reminded. */
  people: string[];
  /** The resolution of the incident, or the opening of the digest. */
  since: string;
  due: string | null;
  isOverdue: boolean;
}

export interface ReviewsReply {
  items: DueReview[];
  /** By team: what the next digest will list. */
  waiting: { team: string; incidents: number; since: string; opensAt: string | null }[];
  /** Closed without review in the last 30 days, because a plan says so. */
  unreviewed: { plan: string; reason: string; incidents: number }[];
}

const LISTED = 500;

/** `person`: only what that person has to do. */
export async function listReviews(db: Querying, now: string, person: string | null): Promise<ReviewsReply> {
  const incidents: { state: IncidentState }[] = await db.query(
    `SELECT state FROM incident
      WHERE status = 'resolved' AND review_kind IN ('full', 'light') AND merged_into IS NULL AND number > 0
      ORDER BY resolved_at LIMIT $1`,
    [LISTED],
  );
  const digests: {
    id: string;
    team: string;
    status: 'open' | 'approving';
    reviewer: string | null;
    openedAt: Date;
    due: Date;
    listed: number;
  }[] = await db.query(
    `SELECT d.id, d.team, d.status, d.reviewer, d.opened_at AS "openedAt", d.due,
            (SELECT count(*)::int FROM digest_item i WHERE i.digest_id = d.id AND i.state = 'listed') AS listed
       FROM digest d WHERE d.status IN ('open', 'approving') ORDER BY d.due`,
  );
  const items = [
    ...digests.map(({ id, team, status, reviewer, openedAt, due, listed }): DueReview => ({
      kind: 'digest',
      id: digestName(id),
      title: `${listed} ${listed === 1 ? 'incident' : 'incidents'}`,
      team,
      status,
      people: reviewer === null ? [] : [reviewer],
      since: openedAt.toISOString(),
      due: due.toISOString(),
      isOverdue: due.toISOString() < now,
    })),
    ...incidents.map(({ state }) => ofIncident(state, now)),
  ];
  const mine = person === null ? items : items.filter(({ people }) => people.includes(person));
  return {
    items: mine.toSorted((a, b) => (a.due ?? a.since).localeCompare(b.due ?? b.since)),
    waiting: await readWaiting(db),
    unreviewed: await readUnreviewed(db),
  };
}

function ofIncident(state: IncidentState, now: string): DueReview {
  const { number, title, team, postmortem, resolvedAt, createdAt } = state;
  const { status, due } = postmortem;
  return {
    kind: 'postmortem',
    id: number,
    title,
    team,
    status,
    people: [...new Set(peopleWithPendingWork(state))],
    since: resolvedAt ?? createdAt,
    due,
    isOverdue: due !== null && due < now,
  };
}

async function readWaiting(db: Querying): Promise<ReviewsReply['waiting']> {
  const rows: { team: string; incidents: number; since: Date }[] = await db.query(
    `SELECT team, count(*)::int AS incidents, min(resolved_at) AS since FROM incident
      WHERE ${AWAITING} AND NOT EXISTS (SELECT 1 FROM digest_item d JOIN digest g ON g.id = d.digest_id
               WHERE d.incident_id = incident.id AND d.state = 'listed' AND g.status IN ('open', 'approving'))
      GROUP BY team ORDER BY team`,
  );
  return rows.map(({ team, incidents, since }) => {
    const waiting = { incidents, since: since.toISOString() };
    return { team, ...waiting, opensAt: digestOpensAt(waiting) };
  });
}

function readUnreviewed(db: Querying): Promise<ReviewsReply['unreviewed']> {
  return db.query(
    `SELECT response->'plan'->>'name' AS plan, response->'postmortem'->>'reason' AS reason, count(*)::int AS incidents FROM incident
      WHERE review_kind = 'none' AND postmortem_status = 'waived' AND closed_at > tocsin_now() - interval '30 days'
        AND response->'postmortem' ? 'reason'
      GROUP BY 1, 2 ORDER BY 3 DESC, 1 LIMIT 20`,
  );
}

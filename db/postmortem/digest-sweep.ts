/**
 * Due work of digests: opens one for a team when it is due, keeps its list and its reviewer true, and reminds of it. What is due is
 * stored or follows from the incidents, so nothing is lost by a restart, and sweeps at the same moment do it once.
 */
import type { DataSource, EntityManager } from 'typeorm';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { dueAt, organisationCalendar, teamCalendar } from '../../domain/oncall/business-days.js';
import {
  DIGEST_DUE,
  DIGEST_MOST,
  DIGEST_SHORTEST_REVIEW,
  digestName,
  isDigestDue,
  leftDigest,
  nextDigestReminder,
} from '../../domain/postmortem/digest.js';
import { chooseDigestReviewer, mayNotApproveDigest } from '../../domain/postmortem/digest-reviewer.js';
import { remindedOf } from '../../domain/postmortem/overdue-reminder.js';
import { writeAudit } from '../audit/write-audit.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { databaseTime } from '../connection/database-time.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import type { Ledger } from '../delivery/ledger.js';
import { planRequest } from '../projections/project-requests.js';
import {
  isLive,
  lockOpenDigest,
  peopleOfDigest,
  readItems,
  type StoredDigest,
  type StoredItem,
} from './digest-rows.js';

interface Waiting {
  team: string;
  incidents: number;
  since: Date;
}

/** Incidents that wait for the digest of their team, by team. */
export const AWAITING = `status = 'resolved' AND review_kind = 'digest' AND merged_into IS NULL AND number > 0`;

/** A sweep of one team, under the lock of its digest. */
interface Sweeping {
  tx: EntityManager;
  snapshot: ConfigSnapshot;
  now: string;
  /** Who asks for the digest before it is due; null: it is opened when it is due. */
  askedBy: string | null;
}

export class DigestSweep {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly ledger: Ledger,
  ) {}

  /** Sweeps every team with a digest or with incidents that wait; returns the digests left to finish. */
  async sweep(): Promise<string[]> {
    const rows: { team: string; digest: string | null; status: string | null; waiting: Waiting | null }[] =
      await this.dataSource.query(
        `SELECT coalesce(w.team, d.team) AS team, d.id AS digest, d.status,
                CASE WHEN w.team IS NULL THEN NULL
                     ELSE jsonb_build_object('incidents', w.incidents, 'since', w.since) END AS waiting
           FROM (SELECT team, count(*) AS incidents, min(resolved_at) AS since FROM incident WHERE ${AWAITING} GROUP BY team) w
           FULL JOIN (SELECT id, team, status FROM digest WHERE status IN ('open', 'approving')) d ON d.team = w.team`,
      );
    const now = await databaseTime(this.dataSource);
    const isDue = (waiting: Waiting | null): boolean =>
      waiting !== null &&
      isDigestDue({ incidents: waiting.incidents, since: new Date(waiting.since).toISOString() }, now);
    for (const { team, digest, status, waiting } of rows)
      if (status !== 'approving' && (digest !== null || isDue(waiting))) await this.sweepTeam(team);
    return rows.flatMap(({ digest, status }) =>
      digest !== null && status === 'approving' ? [digestName(digest)] : [],
    );
  }

  /**
   * The digest of one team: opened when it is due, or with the first incident when somebody asks for it (`askedBy`); its list and
   * its reviewer as they are now. Returns its name, null when there is none.
   */
  sweepTeam(team: string, askedBy: string | null = null): Promise<string | null> {
    return retryingTransaction(this.dataSource, async (tx) => {
      // Two sweeps at once: the second one finds the digest of the first.
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('digest/' || $1, 0))`, [team]);
      const work: Sweeping = {
        tx,
        snapshot: await this.snapshots.latest(tx),
        now: await databaseTime(tx),
        askedBy,
      };
      const digest = (await lockOpenDigest(tx, team)) ?? (await this.open(work, team));
      if (digest === null) return null;
      if (digest.status !== 'open') return digestName(digest.id);
      await this.list(work, digest);
      const items = await readItems(tx, digest.id);
      await this.dropWhatLeft(work, digest, items);
      const live = items.filter(isLive);
      if (live.length === 0) {
        await this.end(work, digest);
        return null;
      }
      await this.remind(work, await this.withReviewer(work, digest, live), live);
      return digestName(digest.id);
    });
  }

  private async open({ tx, snapshot, now, askedBy }: Sweeping, team: string): Promise<StoredDigest | null> {
    const [waiting]: { incidents: number; since: Date | null }[] = await tx.query(
      `SELECT count(*)::int AS incidents, min(resolved_at) AS since FROM incident WHERE team = $1 AND ${AWAITING}`,
      [team],
    );
    const { incidents = 0, since = null } = waiting ?? {};
    if (since === null) return null;
    if (askedBy === null && !isDigestDue({ incidents, since: since.toISOString() }, now)) return null;
    await tx.query('INSERT INTO digest (team, opened_at, due) VALUES ($1, $2, $3)', [
      team,
      now,
      dueOf(snapshot, team, DIGEST_DUE, now),
    ]);
    const digest = await lockOpenDigest(tx, team);
    if (digest !== null)
      await writeAudit(tx, {
        actor: askedBy ?? 'tocsin',
        action: 'digest.open',
        subject: subjectOf(digest),
        data: { team },
      });
    return digest;
  }

  /** Puts on the list what waits and is not there, and what ended again since it left. */
  private async list({ tx, now }: Sweeping, { id, team }: StoredDigest): Promise<void> {
    await tx.query(
      `WITH last AS (
         SELECT coalesce(max(n), 0) AS n, count(*) FILTER (WHERE state = 'listed') AS listed FROM digest_item WHERE digest_id = $1),
       fresh AS (
         SELECT i.id, i.resolved_at, row_number() OVER (ORDER BY i.resolved_at, i.number) AS at
           FROM incident i LEFT JOIN digest_item d ON d.digest_id = $1 AND d.incident_id = i.id
          WHERE i.team = $2 AND i.status = 'resolved' AND i.review_kind = 'digest' AND i.merged_into IS NULL AND i.number > 0
            AND (d.digest_id IS NULL OR d.resolved_at <> i.resolved_at))
       INSERT INTO digest_item AS item (digest_id, incident_id, n, resolved_at, at)
       SELECT $1, f.id, last.n + f.at, f.resolved_at, $3 FROM fresh f, last WHERE f.at + last.listed <= $4
       ON CONFLICT (digest_id, incident_id) DO UPDATE SET n = EXCLUDED.n, resolved_at = EXCLUDED.resolved_at,
         state = 'listed', reason = NULL, at = EXCLUDED.at`,
      [id, team, now, DIGEST_MOST],
    );
  }

  private async dropWhatLeft(
    { tx, now }: Sweeping,
    { id }: StoredDigest,
    items: StoredItem[],
  ): Promise<void> {
    for (const { incidentId, state, incident, resolvedAt } of items) {
      const reason = leftDigest(incident, resolvedAt.toISOString());
      if (state === 'listed' && reason !== null) await leaveOut(tx, { digest: id, incidentId, reason, now });
    }
  }

  private async end({ tx, now }: Sweeping, digest: StoredDigest): Promise<void> {
    await tx.query(`UPDATE digest SET status = 'empty', ended_at = $2 WHERE id = $1`, [digest.id, now]);
    await writeAudit(tx, {
      actor: 'tocsin',
      action: 'digest.end',
      subject: subjectOf(digest),
      data: { left: 0 },
    });
  }

  /** Somebody who may approve it is asked; whoever left, or worked all that is left, is replaced. */
  private async withReviewer(
    work: Sweeping,
    digest: StoredDigest,
    live: StoredItem[],
  ): Promise<StoredDigest> {
    const { tx, snapshot, now } = work;
    const people = await peopleOfDigest(tx, digest.team, live);
    const { reviewer } = digest;
    if (reviewer !== null && mayNotApproveDigest(reviewer, people, snapshot) === null) return digest;
    const { person, because, isEscalated } = chooseDigestReviewer(people, snapshot);
    if (person === reviewer && because === digest.because) return digest;
    const requests = digest.requests + 1;
    const shortest = new Date(dueOf(snapshot, digest.team, DIGEST_SHORTEST_REVIEW, now));
    // Only somebody new gets new time.
    const due = person !== null && shortest > digest.due ? shortest : digest.due;
    await tx.query(
      'UPDATE digest SET reviewer = $2, because = $3, escalated = $4, requests = $5, due = $6 WHERE id = $1',
      [digest.id, person, because, isEscalated, requests, due],
    );
    await writeAudit(tx, {
      actor: 'tocsin',
      action: 'digest.request',
      subject: subjectOf(digest),
      data: { reviewer: person, because },
    });
    const next = { ...digest, reviewer: person, because, escalated: isEscalated, requests, due };
    // Without anybody who may approve, those who can change that are told at once.
    const told = person === null ? remindedOf({ team: digest.team, pending: [] }, snapshot, 3) : [person];
    await this.request(work, next, live, told);
    return next;
  }

  private async remind(work: Sweeping, digest: StoredDigest, live: StoredItem[]): Promise<void> {
    const { tx, snapshot, now } = work;
    if (nextDigestReminder(digest.due.toISOString(), digest.reminders) > now) return;
    const reminders = digest.reminders + 1;
    const pending = digest.reviewer === null ? [] : [digest.reviewer];
    const people = remindedOf({ team: digest.team, pending }, snapshot, reminders);
    await tx.query('UPDATE digest SET reminders = $2 WHERE id = $1', [digest.id, reminders]);
    await writeAudit(tx, {
      actor: 'tocsin',
      action: 'digest.remind',
      subject: subjectOf(digest),
      data: { reminder: reminders, people },
    });
    await this.request(work, { ...digest, reminders }, live, people);
  }

  /**
   * The review request that exists, on the first incident of the list: the ledger, the links and the senders are those of
   * incidents.
   */
  private async request(
    { tx, snapshot, now }: Sweeping,
    digest: StoredDigest,
    live: readonly StoredItem[],
    people: string[],
  ): Promise<void> {
    const [first] = live;
    if (first === undefined) return;
    const priority = live.map(({ incident }) => incident.priority).toSorted()[0] ?? first.incident.priority;
    const subject = {
      id: `${digestName(digest.id)}/${digest.requests}`,
      digest: digestName(digest.id),
      team: snapshot.get('Team', digest.team)?.spec.displayName ?? digest.team,
      incidents: live.length,
      priority,
      openedAt: digest.openedAt.toISOString(),
      due: digest.due.toISOString(),
      ...(digest.escalated ? { because: digest.because } : {}),
    };
    await planRequest(
      tx,
      this.ledger,
      snapshot,
      { incidentId: first.incidentId, now },
      { type: 'review.requested', subject, people, urgency: 'low', cycle: digest.reminders },
    );
    await tx.query(`SELECT pg_notify('tocsin_ledger', $1)`, [first.incidentId]);
  }
}

export const subjectOf = ({ id }: Pick<StoredDigest, 'id'>): string => `digest/${digestName(id)}`;

export async function leaveOut(
  tx: Pick<EntityManager, 'query'>,
  { digest, incidentId, reason, now }: { digest: string; incidentId: string; reason: string; now: string },
): Promise<void> {
  await tx.query(
    `UPDATE digest_item SET state = 'left_out', reason = $3, at = $4 WHERE digest_id = $1 AND incident_id = $2`,
    [digest, incidentId, reason, now],
  );
}

function dueOf(snapshot: ConfigSnapshot, team: string, due: string, now: string): string {
  const spec = snapshot.get('Team', team)?.spec;
  return dueAt(due, now, spec === undefined ? organisationCalendar(snapshot) : teamCalendar(spec));
}

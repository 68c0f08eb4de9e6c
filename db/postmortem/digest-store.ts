/**
 * Decisions about a digest. Approving is recorded first and then done incident by incident, each through `record`: two hundred
 * in one transaction would keep alerts of all of them waiting. Whatever stops half way is finished by the next sweep.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { type Decision, refused, unchanged } from '../../domain/incident/commands.js';
import { digestName, DIGEST_TEXT_LIMIT } from '../../domain/postmortem/digest.js';
import { mayNotApproveDigest, mayNotDecideDigest } from '../../domain/postmortem/digest-reviewer.js';
import type { OwnReviewKind } from '../../domain/postmortem/review-kind.js';
import { writeAudit } from '../audit/write-audit.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { databaseTime } from '../connection/database-time.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import type { Recorder } from '../incident/record.js';
import {
  findDigest,
  isLive,
  lockDigest,
  peopleOfDigest,
  readItems,
  type StoredDigest,
} from './digest-rows.js';
import { leaveOut, subjectOf } from './digest-sweep.js';

export interface DigestApproval {
  digest: string;
  person: string;
  sentence: string;
  /** Number of the last incident that the list showed: what came later is not approved unseen. */
  upTo: number;
}

export interface DigestPullOut {
  digest: string;
  person: string;
  /** Numbers such as `INC-42`. */
  incidents: readonly string[];
  kind: OwnReviewKind;
  reason: string;
}

export type DigestOutcome =
  { kind: 'accepted' } | Exclude<Decision, { kind: 'accepted' }> | { kind: 'not_found' };

const accepted: DigestOutcome = { kind: 'accepted' };

/** Rolls back a transaction in which one of several incidents could not be pulled out. */
export class PullOutRefused extends Error {
  override readonly name = 'PullOutRefused';

  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail);
  }
}

export class DigestStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly snapshots: ConfigSnapshots,
    private readonly linkDays: number,
  ) {}

  /** Approves the list, and closes what is on it. */
  async approve(approval: DigestApproval): Promise<DigestOutcome> {
    const outcome = await retryingTransaction(this.dataSource, (tx) => this.approveIn(tx, approval));
    if (outcome.kind === 'accepted') await this.finish(approval.digest);
    return outcome;
  }

  /** Records the approval; `finish` does it, after the commit. */
  async approveIn(
    tx: EntityManager,
    { digest: name, person, sentence, upTo }: DigestApproval,
  ): Promise<DigestOutcome> {
    const digest = await this.locked(tx, name);
    if (digest === null) return { kind: 'not_found' };
    if (digest.status !== 'open')
      return digest.decidedBy === person && digest.sentence === sentence ? unchanged : over(digest);
    const live = (await readItems(tx, digest.id)).filter(isLive);
    const people = await peopleOfDigest(tx, digest.team, live);
    const refusal = mayNotApproveDigest(person, people, await this.snapshots.latest(tx));
    if (refusal !== null) return refused(refusal.code, refusal.detail);
    if (sentence.trim() === '')
      return refused(
        'sentence_required',
        'Say in one sentence what these incidents have in common, or why nothing needs to change',
      );
    if (sentence.length > DIGEST_TEXT_LIMIT)
      return refused(
        'sentence_too_long',
        `The sentence has ${sentence.length} characters; at most ${DIGEST_TEXT_LIMIT} are allowed`,
      );
    if (!live.some(({ n }) => n <= upTo))
      return refused(
        'nothing_listed',
        `None of the incidents that you read is in ${name} any more; look at it again`,
      );
    const now = await databaseTime(tx);
    await tx.query(
      `UPDATE digest SET status = 'approving', decided_by = $2, decided_at = $3, sentence = $4, up_to = $5 WHERE id = $1`,
      [digest.id, person, now, sentence, upTo],
    );
    await writeAudit(tx, {
      actor: person,
      action: 'digest.approve',
      subject: subjectOf(digest),
      data: {
        sentence,
        upTo,
        incidents: live.filter(({ n }) => n <= upTo).map(({ incident }) => incident.number),
      },
    });
    return accepted;
  }

  /** Closes what an approved digest lists. May be called again, and by several at once. */
  async finish(name: string): Promise<void> {
    const digest = await findDigest(this.dataSource, name);
    if (digest === null || digest.status !== 'approving') return;
    const { decidedBy, sentence, upTo } = digest;
    if (decidedBy === null || sentence === null || upTo === null) return;
    const items = await readItems(this.dataSource, digest.id);
    for (const { incidentId, state, n } of items)
      if (state === 'listed' && n <= upTo)
        await this.closeItem(digest, incidentId, { person: decidedBy, comment: sentence });
    await retryingTransaction(this.dataSource, async (tx) => {
      const locked = await lockDigest(tx, digest.id);
      if (locked?.status !== 'approving') return;
      const now = await databaseTime(tx);
      await tx.query(
        `UPDATE digest_item SET state = 'left_out', at = $2,
                reason = 'It came to the list after it was read; the next digest has it'
          WHERE digest_id = $1 AND state = 'listed'`,
        [digest.id, now],
      );
      await tx.query(`UPDATE digest SET status = 'approved', ended_at = $2 WHERE id = $1`, [digest.id, now]);
      await this.endLinks(tx, digest, now);
    });
  }

  private closeItem(
    { id }: StoredDigest,
    incidentId: string,
    { person, comment }: { person: string; comment: string },
  ): Promise<void> {
    return retryingTransaction(this.dataSource, async (tx) => {
      const [item]: { resolvedAt: Date }[] = await tx.query(
        `SELECT resolved_at AS "resolvedAt" FROM digest_item
          WHERE digest_id = $1 AND incident_id = $2 AND state = 'listed' FOR UPDATE`,
        [id, incidentId],
      );
      if (item === undefined) return;
      const outcome = await this.recorder.recordIn(tx, {
        incidentId,
        actor: person,
        command: {
          type: 'approve_in_digest',
          digest: digestName(id),
          person,
          resolvedAt: item.resolvedAt.toISOString(),
          comment,
        },
      });
      const now = await databaseTime(tx);
      if (outcome.kind === 'refused')
        return leaveOut(tx, { digest: id, incidentId, reason: outcome.detail, now });
      await tx.query(
        `UPDATE digest_item SET state = 'approved', at = $3 WHERE digest_id = $1 AND incident_id = $2`,
        [id, incidentId, now],
      );
    });
  }

  /** All of them, or none with the reason. */
  async pullOut(request: DigestPullOut): Promise<DigestOutcome> {
    try {
      return await retryingTransaction(this.dataSource, (tx) => this.pullOutIn(tx, request));
    } catch (error) {
      if (error instanceof PullOutRefused) return refused(error.code, error.detail);
      throw error;
    }
  }

  /** Throws `PullOutRefused` for one that cannot be pulled out: the caller's transaction is rolled back. */
  async pullOutIn(
    tx: EntityManager,
    { digest: name, person, incidents, kind, reason }: DigestPullOut,
  ): Promise<DigestOutcome> {
    const digest = await this.locked(tx, name);
    if (digest === null) return { kind: 'not_found' };
    if (digest.status !== 'open') return over(digest);
    const items = await readItems(tx, digest.id);
    const people = await peopleOfDigest(tx, digest.team, items.filter(isLive));
    const refusal = mayNotDecideDigest(person, people, await this.snapshots.latest(tx));
    if (refusal !== null) return refused(refusal.code, refusal.detail);
    if (incidents.length === 0) return refused('nothing_chosen', 'Choose the incidents to pull out');
    const now = await databaseTime(tx);
    for (const number of new Set(incidents)) {
      const item = items.find(({ incident }) => incident.number === number);
      if (item === undefined) throw new PullOutRefused('not_listed', `${number} is not in ${name}`);
      if (item.state === 'pulled_out') continue;
      const outcome = await this.recorder.recordIn(tx, {
        incidentId: item.incidentId,
        actor: person,
        command: { type: 'pull_out', kind, reason, digest: digestName(digest.id) },
      });
      if (outcome.kind === 'refused') throw new PullOutRefused(outcome.code, outcome.detail);
      await tx.query(
        `UPDATE digest_item SET state = 'pulled_out', reason = $3, at = $4 WHERE digest_id = $1 AND incident_id = $2`,
        [digest.id, item.incidentId, reason, now],
      );
    }
    return accepted;
  }

  private async locked(tx: EntityManager, name: string): Promise<StoredDigest | null> {
    const found = await findDigest(tx, name);
    return found === null ? null : lockDigest(tx, found.id);
  }

  /** Like the links of an incident that closed. */
  private async endLinks(tx: EntityManager, { id }: StoredDigest, now: string): Promise<void> {
    await tx.query(
      `UPDATE link_token SET expires_at = $3::timestamptz + $4::int * interval '1 day'
        WHERE incident_id IN (SELECT incident_id FROM digest_item WHERE digest_id = $1)
          AND subject->>'digest' = $2 AND expires_at IS NULL`,
      [id, digestName(id), now, this.linkDays],
    );
  }
}

function over({ id, status, decidedBy, decidedAt }: StoredDigest): DigestOutcome {
  const name = digestName(id);
  return status === 'empty'
    ? refused('digest_over', `Nothing is left in ${name}; it needs no decision any more`)
    : refused(
        'already_approved',
        `${name} was approved by ${decidedBy ?? 'somebody'} at ${decidedAt?.toISOString() ?? '?'}`,
      );
}

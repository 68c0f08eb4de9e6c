/** Digests and what is due for review, for the REST routes, the pages, and the links in requests. */
import { DataSource } from 'typeorm';
import { Injectable } from '@nestjs/common';
import type { DigestDecision } from '../../contracts/api/digest.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { databaseTime } from '../../db/connection/database-time.js';
import { type DigestOutcome, DigestStore } from '../../db/postmortem/digest-store.js';
import { DigestSweep } from '../../db/postmortem/digest-sweep.js';
import { type DigestReply, getDigest } from '../../db/postmortem/digest-view.js';
import { listReviews, type ReviewsReply } from '../../db/postmortem/reviews-view.js';
import { ownPerson } from '../common/acting.js';
import type { Identity } from '../common/identity.js';
import { invalid, notFound, Problem } from '../common/problem.js';

export type { DigestItem, DigestReply } from '../../db/postmortem/digest-view.js';
export type { ReviewsReply } from '../../db/postmortem/reviews-view.js';

@Injectable()
export class DigestsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly digests: DigestStore,
    private readonly sweep: DigestSweep,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  /** `person`: only what that person has to do. */
  async reviews(person: string | null): Promise<ReviewsReply> {
    return listReviews(this.dataSource, await databaseTime(this.dataSource), person);
  }

  async get(name: string): Promise<DigestReply> {
    const digest = await getDigest(this.dataSource, name, await databaseTime(this.dataSource));
    if (digest === null) throw notFound(`There is no digest ${name.slice(0, 64)}.`);
    return digest;
  }

  /** Opens the digest of a team before it is due, or returns the one that is open with what waits on it. */
  async open(team: string, { actor }: Identity): Promise<DigestReply> {
    const spec = (await this.snapshots.latest(this.dataSource)).get('Team', team)?.spec;
    if (spec === undefined) throw invalid(`There is no team ${team.slice(0, 64)}.`, []);
    const name = await this.sweep.sweepTeam(team, actor);
    if (name === null)
      throw new Problem(409, 'nothing_waits', `No incident of ${spec.displayName} waits for a digest.`);
    return this.get(name);
  }

  async decide(name: string, identity: Identity, decision: DigestDecision): Promise<DigestReply> {
    const person = ownPerson(identity, undefined, 'A decision about a digest');
    const { id } = await this.get(name);
    const outcome =
      decision.decision === 'approve'
        ? await this.digests.approve({ digest: id, person, sentence: decision.sentence, upTo: decision.upTo })
        : await this.digests.pullOut({ ...decision, digest: id, person });
    return this.after(id, outcome);
  }

  private async after(name: string, outcome: DigestOutcome): Promise<DigestReply> {
    if (outcome.kind === 'not_found') throw notFound(`There is no digest ${name}.`);
    const digest = await this.get(name);
    if (outcome.kind === 'refused')
      throw new Problem(409, outcome.code, outcome.detail, { members: { state: { status: digest.status } } });
    return digest;
  }
}

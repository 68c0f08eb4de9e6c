/** Writes, submits, reviews and waives a post-mortem, for the REST routes and the pages. */
import { PostmortemStore } from '../../db/postmortem/postmortem-store.js';
import { Recorder } from '../../db/incident/record.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { DataSource } from 'typeorm';
import { Injectable } from '@nestjs/common';
import type { PullOutBody } from '../../contracts/api/digest.js';
import type { ReviewBody } from '../../contracts/api/postmortem.js';
import type { RecordOutcome } from '../../db/incident/record.js';
import { getPostmortem, type PostmortemReply } from '../../db/postmortem/postmortem-view.js';
import { acting, existingPerson, ownPerson } from '../common/acting.js';
import type { Idempotency } from '../common/idempotency.js';
import type { Identity } from '../common/identity.js';
import { stateAfter } from '../common/outcome.js';
import { notFound } from '../common/problem.js';
import { type IncidentRequest, IncidentsService, keyOf } from '../incident/incidents.service.js';
import type { EditBody } from '../../contracts/api/postmortem-requests.js';

export type { PostmortemReply } from '../../db/postmortem/postmortem-view.js';

@Injectable()
export class PostmortemsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly recorder: Recorder,
    private readonly postmortems: PostmortemStore,
    private readonly incidents: IncidentsService,
  ) {}

  async get(incident: string): Promise<PostmortemReply> {
    const found = await getPostmortem(this.dataSource, await this.incidents.idOf(incident));
    if (found === null) throw notFound(`There is no incident ${incident}.`);
    return found;
  }

  async edit(
    incidentRequest: IncidentRequest,
    { sections, actionItems, revision }: Omit<EditBody, 'person'>,
  ): Promise<PostmortemReply> {
    const snapshot = await this.snapshots.latest(this.dataSource);
    for (const [index, item] of (actionItems ?? []).entries()) {
      if (item.owner !== null) existingPerson(item.owner, `actionItems[${index}].owner`, snapshot);
    }
    const texts = Object.fromEntries(Object.entries(sections ?? {}).filter(([, text]) => text !== undefined));
    const edit = {
      ...(await this.commandRequest(incidentRequest, 'edit')),
      sections: texts,
      ...(actionItems === undefined ? {} : { actionItems }),
      ...(revision === undefined ? {} : { revision }),
    };
    return this.after(await this.postmortems.edit(edit));
  }

  /** The author is the person who submits; the author cannot approve it. */
  async submit(incidentRequest: IncidentRequest): Promise<PostmortemReply> {
    const { incidentId, actor, ...key } = await this.commandRequest(incidentRequest, 'submit');
    return this.after(await this.postmortems.submit(incidentId, actor, key));
  }

  async pullOut(incidentRequest: IncidentRequest, { kind, reason }: PullOutBody): Promise<PostmortemReply> {
    return this.after(
      await this.recorder.record({
        ...(await this.commandRequest(incidentRequest, 'pull_out')),
        command: { type: 'pull_out', kind, reason, digest: null },
      }),
    );
  }

  async waive(incidentRequest: IncidentRequest, reason: string): Promise<PostmortemReply> {
    return this.after(
      await this.recorder.record({
        ...(await this.commandRequest(incidentRequest, 'waive')),
        command: { type: 'waive_postmortem', reason },
        seen: incidentRequest.position,
      }),
    );
  }

  async review(
    incidentRequest: IncidentRequest,
    { decision, comment, to, revision }: Omit<ReviewBody, 'person'>,
  ): Promise<PostmortemReply> {
    const snapshot = await this.snapshots.latest(this.dataSource);
    const person = ownPerson(incidentRequest.identity, incidentRequest.person, 'A review');
    if (to !== undefined) existingPerson(to, 'to', snapshot);
    const command = {
      type: 'decide_review',
      person,
      decision,
      comment: comment ?? null,
      to: to ?? null,
      ...(revision === undefined ? {} : { revision }),
    } as const;
    return this.after(
      await this.recorder.record({
        ...(await this.commandRequest(incidentRequest, 'review')),
        command,
      }),
    );
  }

  private after(outcome: RecordOutcome): Promise<PostmortemReply> {
    return this.get(stateAfter(outcome).id);
  }

  /** A key counts per command, as for incidents. */
  private async commandRequest(
    { incident, identity, person, idempotency }: IncidentRequest,
    command: string,
  ) {
    return {
      incidentId: await this.incidents.idOf(incident),
      ...acting(identity, person, await this.snapshots.latest(this.dataSource)),
      ...keyOf(idempotency, `postmortem.${command}`),
    };
  }
}

export const incidentRequestOf = (
  incident: string,
  identity: Identity,
  person: string | undefined,
  idempotency?: Idempotency,
  position?: string,
): IncidentRequest => ({ incident, identity, person, idempotency, position });

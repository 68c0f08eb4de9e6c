/**
 * Who has to be paged now is paged as soon as this process hears of it, before Temporal is told: by the same activity, so the
 * same rows under the same keys, and in no queue behind a slow server. The workflow stays the guard. Its own call gets the
 * answer from here; when this process dies in between, the call finds in the ledger what was sent and what was not. Several
 * workers may hear the same: one records the page, the others are told that it is done. The canary gets none: it is there to show
 * that the workflows page.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { IncidentActivities, Sent } from '../activities/incident-activities.js';
import { incidentOf } from '../db/outbox.js';
import { isCanary } from '../domain/canary/canary.js';
import { dueWork, isWaitOver } from '../domain/incident/deadline.js';
import type { IncidentState } from '../domain/incident/state.js';

export type PageRequest = Parameters<IncidentActivities['page']>[0];

/** In a storm the rest is left to the workflows, which the worker takes on at its own pace. */
const AT_ONCE = 32;
/** An answer that no workflow has fetched by then: its call may ask the record instead. */
const KEPT_MS = 30_000;
const PATIENCE_MS = 50;

const keyOf = ({ incidentId, track, due }: PageRequest): string =>
  `${incidentId} ${due.cycle} ${due.step} ${track}`;

export interface HeadStartParts {
  /** `now`: the record's clock, which decides what is due (R14); ours when it is left out. */
  incident: (
    id: string,
  ) => Promise<{ state: IncidentState; response: { settleMs: number }; now?: Date } | null>;
  /** The activities. */
  makePage: IncidentActivities['page'];
  note: IncidentActivities['note'];
  log: Logger;
}

export class HeadStart {
  private readonly answers = new Map<string, { sent: Promise<Sent>; since: number }>();
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly parts: HeadStartParts) {}

  /** Something is owed to this workflow. Resolves when the page is out, or after `PATIENCE_MS`; never rejects. */
  async hear(workflowId: string): Promise<void> {
    const incidentId = incidentOf(workflowId);
    if (incidentId === null || this.underWay.size >= AT_ONCE) return;
    const done = this.pageDue(incidentId).catch((error: unknown) => {
      this.parts.log.warn({ error, incident: incidentId }, 'no head start; the workflow will page');
    });
    const ending = done.finally(() => this.underWay.delete(ending));
    this.underWay.add(ending);
    await Promise.race([ending, wait(PATIENCE_MS)]);
  }

  /** A deadline of this incident has come. Resolves when what it owes is done; never rejects. */
  async meet(incidentId: string): Promise<void> {
    const done = this.endWaits(incidentId)
      .then(() => this.pageDue(incidentId))
      .catch((error: unknown) => {
        this.parts.log.warn({ error, incident: incidentId }, 'no head start; the workflow acts on its timer');
      });
    const ending = done.finally(() => this.underWay.delete(ending));
    this.underWay.add(ending);
    await ending;
  }

  /** The workflow's call. An answer is fetched once: who asks again wants to know what is true by now. */
  async page(request: PageRequest): Promise<Sent> {
    try {
      return await this.once(request);
    } finally {
      this.answers.delete(keyOf(request));
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.underWay);
  }

  /** A snooze or an acknowledgement that is over: what follows from it is due at once. */
  private async endWaits(incidentId: string): Promise<void> {
    const incident = await this.parts.incident(incidentId);
    if (incident === null || isCanary(incident.state)) return;
    const now = incident.now?.getTime() ?? Date.now();
    for (const work of dueWork(incident.state, incident.response.settleMs)) {
      if (Date.parse(work.at) > now) return;
      if (!isWaitOver(work)) continue;
      await this.parts.note({ incidentId, afterSeq: incident.state.seq, command: { type: work.type } });
    }
  }

  private async pageDue(incidentId: string): Promise<void> {
    this.forgetOld();
    const incident = await this.parts.incident(incidentId);
    if (incident === null || isCanary(incident.state)) return;
    const { state, response } = incident;
    const now = incident.now?.getTime() ?? Date.now();
    const due = dueWork(state, response.settleMs).flatMap((work) =>
      work.type === 'page' && Date.parse(work.at) <= now ? [work] : [],
    );
    await Promise.all(
      due.map(({ track, due: rung }) => this.once({ incidentId, afterSeq: state.seq, track, due: rung })),
    );
  }

  /** Two at once would both send, since a sender may go on with what it has leased itself. */
  private async once(request: PageRequest): Promise<Sent> {
    const key = keyOf(request);
    const begun = this.answers.get(key);
    if (begun !== undefined) return begun.sent;
    const sent = this.parts.makePage(request);
    this.answers.set(key, { sent, since: Date.now() });
    try {
      return await sent;
    } catch (error) {
      // The next call is to try again, not to be given this failure.
      this.answers.delete(key);
      throw error;
    }
  }

  private forgetOld(): void {
    const limit = Date.now() - KEPT_MS;
    for (const [key, { since }] of this.answers) {
      if (since > limit) return;
      this.answers.delete(key);
    }
  }
}

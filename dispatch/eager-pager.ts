/**
 * Pages a new incident immediately on NOTIFY, before its workflow is started, with the same activity: same rows, same
 * ledger keys, no queue behind a slow server. The workflow stays the guard: its own call gets this result, and if
 * this process dies in between, the call finds in the ledger what was sent. Several workers may receive the same
 * NOTIFY: one records the page, the others find it done. The canary is excluded, because it must prove that the
 * workflows page.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { IncidentActivities, Sent } from '../activities/incident-activities.js';
import { isCanary } from '../domain/canary/canary.js';
import { dueWork, isWaitOver } from '../domain/incident/deadline.js';
import type { IncidentState } from '../domain/incident/state.js';
import { incidentOfWorkflow } from '../domain/shared/workflow-ids.js';

export type PageRequest = Parameters<IncidentActivities['page']>[0];

/** In a storm the rest is left to the workflows, which the worker runs at its own pace. */
const AT_ONCE = 32;
/** Lifetime of a result that no workflow has fetched: a later call reads the record instead. */
const KEPT_MS = 30_000;
const PATIENCE_MS = 50;

const keyOf = ({ incidentId, escalation, due }: PageRequest): string =>
  `${incidentId} ${due.cycle} ${due.step} ${escalation}`;

export interface EagerPagerParts {
  /** `now`: database time, which decides what is due (docs/reliability.md R14); the local clock when left out. */
  incident: (
    id: string,
  ) => Promise<{ state: IncidentState; response: { settleMs: number }; now?: Date } | null>;
  /** The activities. */
  makePage: IncidentActivities['page'];
  note: IncidentActivities['note'];
  log: Logger;
}

export class EagerPager {
  private readonly answers = new Map<string, { sent: Promise<Sent>; since: number }>();
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly parts: EagerPagerParts) {}

  /** The outbox has rows for this workflow. Resolves when the page is sent, or after `PATIENCE_MS`; never rejects. */
  async onNotify(workflowId: string): Promise<void> {
    const incidentId = incidentOfWorkflow(workflowId);
    if (incidentId === null || this.underWay.size >= AT_ONCE) return;
    const done = this.pageDue(incidentId).catch((error: unknown) => {
      this.parts.log.warn({ error, incident: incidentId }, 'the eager page failed; the workflow pages');
    });
    const ending = done.finally(() => this.underWay.delete(ending));
    this.underWay.add(ending);
    await Promise.race([ending, wait(PATIENCE_MS)]);
  }

  /** A deadline of this incident has passed. Resolves when its due work is done; never rejects. */
  async onDeadline(incidentId: string): Promise<void> {
    const done = this.endWaits(incidentId)
      .then(() => this.pageDue(incidentId))
      .catch((error: unknown) => {
        this.parts.log.warn(
          { error, incident: incidentId },
          'the eager step failed; the workflow acts on its timer',
        );
      });
    const ending = done.finally(() => this.underWay.delete(ending));
    this.underWay.add(ending);
    await ending;
  }

  /** Called by the workflow. Each result is fetched once: a repeated call wants the current state. */
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

  /** Ends a snooze or an acknowledgement that is over: the pages that follow are due at once. */
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
      due.map(({ escalation, due: stepRef }) =>
        this.once({ incidentId, afterSeq: state.seq, escalation, due: stepRef }),
      ),
    );
  }

  /** Two concurrent calls would both send, because a sender may continue with rows that it leased itself. */
  private async once(request: PageRequest): Promise<Sent> {
    const key = keyOf(request);
    const begun = this.answers.get(key);
    if (begun !== undefined) return begun.sent;
    const sent = this.parts.makePage(request);
    this.answers.set(key, { sent, since: Date.now() });
    try {
      return await sent;
    } catch (error) {
      // The next call should try again, not get this failure.
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

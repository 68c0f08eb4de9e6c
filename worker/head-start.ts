/**
 * The first page of a new incident goes out as soon as this process hears of it, while Temporal is still being told: the same
 * activity, so the same rows under the same keys. The workflow stays the guard. Its own call gets the answer from here; when
 * this process dies in between, the call finds in the ledger what was sent and what was not.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { IncidentActivities, Sent } from '../activities/incident-activities.js';
import { dueWork } from '../domain/incident/deadline.js';
import type { IncidentState } from '../domain/incident/state.js';

export type PageRequest = Parameters<IncidentActivities['page']>[0];

/** In a storm the rest is left to the workflows, which the worker takes on at its own pace. */
const AT_ONCE = 32;
/** An answer that no workflow has fetched by then: its call may ask the record instead. */
const KEPT_MS = 30_000;
const PATIENCE_MS = 50;

const keyOf = ({ incidentId, track, due }: PageRequest): string =>
  `${incidentId} ${due.cycle} ${due.step} ${track}`;

export class HeadStart {
  private readonly answers = new Map<string, { sent: Promise<Sent>; since: number }>();
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly makePage: IncidentActivities['page'],
    private readonly log: Logger,
  ) {}

  /**
   * Pages whoever is due now. Resolves when that is done, or after `PATIENCE_MS` while it goes on; never rejects. Telling
   * Temporal can wait for so long (the outbox holds it), and would only compete with the page for the processor.
   */
  async begin(state: IncidentState, settleMs: number): Promise<void> {
    this.forgetOld();
    const now = Date.now();
    const pages: Promise<unknown>[] = [];
    for (const work of dueWork(state, settleMs)) {
      if (work.type !== 'page' || Date.parse(work.at) > now || this.underWay.size >= AT_ONCE) continue;
      const { track, due, reason } = work;
      pages.push(this.start({ incidentId: state.id, afterSeq: state.seq, track, due, reason }));
    }
    if (pages.length > 0) await Promise.race([Promise.all(pages), wait(PATIENCE_MS)]);
  }

  /** The workflow's call. Two at once would both send, since a sender may go on with what it has leased itself. */
  async page(request: PageRequest): Promise<Sent> {
    const key = keyOf(request);
    const begun = this.answers.get(key);
    this.answers.delete(key);
    return begun?.sent ?? this.makePage(request);
  }

  async stop(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private start(request: PageRequest): Promise<unknown> {
    const key = keyOf(request);
    const begun = this.answers.get(key);
    if (begun !== undefined) return begun.sent.catch(() => undefined);
    const sent = this.makePage(request);
    this.answers.set(key, { sent, since: Date.now() });
    const ending = sent
      .catch((error: unknown) => {
        this.answers.delete(key);
        this.log.warn({ error, incident: request.incidentId }, 'no head start; the workflow will page');
      })
      .finally(() => this.underWay.delete(ending));
    this.underWay.add(ending);
    return ending;
  }

  private forgetOld(): void {
    const limit = Date.now() - KEPT_MS;
    for (const [key, { since }] of this.answers) {
      if (since > limit) return;
      this.answers.delete(key);
    }
  }
}

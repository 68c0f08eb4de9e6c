/**
 * Trigger of due deliveries: has those sent that become due earlier than their workflow expects, or without its knowledge: the
 * next contact after a bounced message, a page whose bundle failed, a retry of an attempt by the pager. Woken by the ledger's
 * NOTIFY. Also follows up the incident's later rows, because the workflow does not know of this attempt or its retry. A lost
 * notification costs a minute: then the pager finds the row overdue.
 */
import type { Logger } from 'pino';
import type { DueDeliveries } from './due-deliveries.js';

/** The workflow gets the events by signal; they are not needed here. */
const NO_EVENTS = 2_147_483_647;
/**
 * Longest pause between two attempts, and longest wait for a receipt. The workflow wakes by itself for anything
 * later.
 */
const FOLLOWED_MS = 300_000;
/** Incidents at once; in a larger storm the workflows and the pager send the rest later. */
const FOLLOWED_AT_ONCE = 500;
/** First pause before a due row that another sender holds is looked for again; doubled each time. */
const AGAIN_MS = 100;
const AGAIN_AT_MOST_MS = 10_000;

export class LedgerFollower {
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly next = new Map<string, Promise<void>>();
  private readonly followed = new Map<string, NodeJS.Timeout>();
  private stopped = false;

  constructor(
    private readonly deliveries: Pick<DueDeliveries, 'sendDue'>,
    private readonly log: Logger,
  ) {}

  /** Never rejects. Any number of notifications during a send cause one more send afterwards. */
  onNotify(incidentId: string): Promise<void> {
    const queued = this.next.get(incidentId);
    if (queued !== undefined) return queued;
    const before = this.underWay.get(incidentId);
    if (before === undefined) return this.send(incidentId, 0);
    const sent = before.then(() => {
      this.next.delete(incidentId);
      return this.send(incidentId, 0);
    });
    this.next.set(incidentId, sent);
    return sent;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.followed.values()) clearTimeout(timer);
    this.followed.clear();
    await Promise.all([...this.underWay.values(), ...this.next.values()]);
  }

  /** `pausedMs`: the pause before this send, if a due row was not available. */
  private send(incidentId: string, pausedMs: number): Promise<void> {
    clearTimeout(this.followed.get(incidentId));
    this.followed.delete(incidentId);
    const sent: Promise<void> = this.deliveries
      .sendDue({ incidentId, afterSeq: NO_EVENTS, tellWorkflow: true })
      .then(
        ({ nextDueMs }) => this.follow(incidentId, nextDueMs, pausedMs),
        (error: unknown) =>
          this.log.warn(
            { error, incident: incidentId },
            'what became due was not sent at once; the pager will',
          ),
      )
      .finally(() => this.underWay.delete(incidentId));
    this.underWay.set(incidentId, sent);
    return sent;
  }

  private follow(incidentId: string, nextDueMs: number | null, pausedMs: number): void {
    if (this.stopped || nextDueMs === null || nextDueMs > FOLLOWED_MS) return;
    if (this.followed.size >= FOLLOWED_AT_ONCE) return;
    const pauseMs = nextDueMs >= AGAIN_MS ? 0 : Math.min(Math.max(2 * pausedMs, AGAIN_MS), AGAIN_AT_MOST_MS);
    const look = (): void => void this.send(incidentId, pauseMs);
    this.followed.set(incidentId, setTimeout(look, Math.max(nextDueMs, pauseMs)).unref());
  }
}

/**
 * Sends deliveries that are leased or due, for every trigger: attempts, then the end of a step that they left dead. A process has
 * one, with its limits: the break-glass pager keeps retries at a hanging provider from delaying first pages.
 */
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import { FIRST_ATTEMPT_TIMEOUT_MS, RETRY_TIMEOUT_MS } from '../domain/delivery/timeouts.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { Store } from '../db/connection/store.js';
import type { Sent } from '../ports/due-work.js';
import { ConcurrencyLimit } from '../shared/concurrency-limit.js';
import { ignored } from './ignored.js';
import type { DueRequest } from './record-due-item.js';
import { type Attempted, sendDelivery, type Sender } from './send-delivery.js';

export interface DueDeliveriesOptions {
  store: Pick<Store, 'ledger' | 'deadSteps' | 'receipts'>;
  sender: Sender;
  /** Name of this process in the ledger. */
  self: string;
  /** Attempts at once; left out: any number. */
  firstAtOnce?: number;
  laterAtOnce?: number;
}

/** Due deliveries of one incident that are being sent. */
export interface Taken {
  incidentId: string;
  rows: number;
  /** Events of a dead step's end. */
  ended: Promise<IncidentEvent[]>;
}

/** Due rows leased in one call. */
const TAKEN_AT_ONCE = 50;

export class DueDeliveries {
  private readonly firstAttempts: ConcurrencyLimit;
  private readonly laterAttempts: ConcurrencyLimit;

  constructor(private readonly options: DueDeliveriesOptions) {
    this.firstAttempts = new ConcurrencyLimit(options.firstAtOnce ?? Number.POSITIVE_INFINITY);
    this.laterAttempts = new ConcurrencyLimit(options.laterAtOnce ?? Number.POSITIVE_INFINITY);
  }

  /** Resolves when a first attempt could begin at once: a page is leased only then, because a lease runs out. */
  whenFree(): Promise<void> {
    return this.firstAttempts.whenFree();
  }

  /** First attempts at the pages of a step. Resolves with the events of a dead step's end. */
  async sendFirst(request: DueRequest, leases: string[]): Promise<IncidentEvent[]> {
    const { ledger } = this.options.store;
    const attempted = await this.attempt(
      await ledger.leased(leases),
      this.firstAttempts,
      FIRST_ATTEMPT_TIMEOUT_MS,
    );
    // Without an attempt the step is dead only if nothing is planned either (docs/reliability.md R5).
    const mayBeDead =
      attempted.length === 0
        ? (await ledger.nextDueMs(request.incidentId)) === null
        : attempted.some((one) => one !== 'accepted');
    return mayBeDead ? this.escalateDead(request) : [];
  }

  /**
   * Leases what is due by `lateMs` ago, of one incident or of all (`incidentId` null), and begins to send it. Resolves when the
   * rows are leased.
   */
  async takeDue(
    { incidentId, lateMs }: { incidentId: string | null; lateMs: number },
    request: Omit<DueRequest, 'incidentId'>,
  ): Promise<Taken[]> {
    const limit = Math.min(this.laterAttempts.free, TAKEN_AT_ONCE);
    if (limit <= 0) return [];
    const { store, self } = this.options;
    const leased = await store.ledger.takeDue({ incidentId, sender: self, lateMs, limit });
    const incidents = new Set(leased.map(({ incident }) => incident.id));
    return [...incidents].map((id) => {
      const own = leased.filter(({ incident }) => incident.id === id);
      const ended = this.attempt(own, this.laterAttempts, RETRY_TIMEOUT_MS).then(() =>
        this.escalateDead({ ...request, incidentId: id }),
      );
      ended.catch(ignored);
      return { incidentId: id, rows: own.length, ended };
    });
  }

  /** Sends this incident's due deliveries, those after a missing receipt included. */
  async sendDue(request: DueRequest): Promise<Sent> {
    const { incidentId } = request;
    await this.options.store.receipts.handleOverdue(incidentId);
    const [taken] = await this.takeDue({ incidentId, lateMs: 0 }, request);
    // Without a row as well: a step may be dead by an attempt of another process.
    const events = await (taken === undefined ? this.escalateDead(request) : taken.ended);
    return { events, nextDueMs: await this.nextDueMs(incidentId) };
  }

  private async escalateDead(request: DueRequest): Promise<IncidentEvent[]> {
    const outcome = await this.options.store.deadSteps.escalate(request);
    return outcome.kind === 'not_found' ? [] : outcome.events;
  }

  nextDueMs(incidentId: string): Promise<number | null> {
    return this.options.store.ledger.nextDueMs(incidentId);
  }

  /** Fails only when all attempts have ended: a call repeated while one still sends would send it twice. */
  private async attempt(
    leased: LeasedDelivery[],
    limit: ConcurrencyLimit,
    timeoutMs: number,
  ): Promise<Attempted[]> {
    const ended = await Promise.allSettled(
      leased.map((delivery) => limit.run(() => sendDelivery(this.options.sender, delivery, timeoutMs))),
    );
    return ended.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
  }
}

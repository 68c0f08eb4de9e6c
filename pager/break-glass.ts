/**
 * Finds overdue work without Temporal: incidents whose deadline passed without action, and ledger rows without a
 * sender (docs/reliability.md, Break-glass pager and watchdogs). `dispatch/` does it, as for the worker, so no page is
 * made twice. No incident and no provider can delay another page: each incident is planned by itself, and sending
 * never blocks planning.
 */
import type { Logger } from 'pino';
import { DueDeliveries } from '../dispatch/due-deliveries.js';
import { DueWorkRunner } from '../dispatch/run-due-work.js';
import type { Sender } from '../dispatch/send-delivery.js';
import { ConcurrencyLimit } from '../shared/concurrency-limit.js';
import {
  type OverdueIncident,
  overdueIncidents,
  lateReceipts,
  stillDue,
} from '../db/escalation/overdue-work.js';
import type { Store } from '../db/connection/store.js';
import { dueWork } from '../domain/incident/deadline.js';
import { BackOff } from './back-off.js';

const PER_TICK = 50;
/** Incidents planned at once: an incident whose row is locked delays others no longer than its lock wait. */
const PLANNED_AT_ONCE = 4;
/**
 * Attempts at once. First pages have a limit of their own, so that retries at a hanging provider do not delay them.
 */
const PAGES_AT_ONCE = 50;
const RETRIES_AT_ONCE = 30;
/** The pager is unhealthy after this long without a tick in which every query succeeded. */
const SILENT_MS = 60_000;
/** The pager does not use the events. */
const NO_EVENTS = 2_147_483_647;

export interface BreakGlassOptions {
  store: Store;
  sender: Sender;
  /** Name of this process in the ledger. */
  self: string;
  lateMs: number;
  log: Logger;
}

export interface Done {
  /** Overdue incidents that were acted on. */
  acted: number;
  /** Overdue rows that are being sent. */
  sent: number;
}

export class BreakGlass {
  private readonly planning = new ConcurrencyLimit(PLANNED_AT_ONCE);
  private readonly deliveries: DueDeliveries;
  private readonly dueWork: DueWorkRunner;
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly incidentBackOff = new BackOff();
  private readonly receiptBackOff = new BackOff();
  /**
   * Incidents that no other process seems to handle: the follow-ups of the pager's own attempts come on time, not
   * late again.
   */
  private readonly takenOver = new Set<string>();
  private lastWholeTick = performance.now();

  constructor(private readonly options: BreakGlassOptions) {
    this.deliveries = new DueDeliveries({
      ...options,
      firstAtOnce: PAGES_AT_ONCE,
      laterAtOnce: RETRIES_AT_ONCE,
    });
    this.dueWork = new DueWorkRunner({ ...options, deliveries: this.deliveries });
  }

  /** One tick. Resolves when everything is planned and leased; sending goes on. Never rejects. */
  async tick(): Promise<Done> {
    const looks = await Promise.all([
      this.look('late incidents', () => this.actOnOverdueIncidents()),
      this.look('what was taken over', () => this.goOn()),
      this.look('late receipts', () => this.chaseReceipts()),
      this.look('late rows', () => this.takeAndSend(null, this.options.lateMs)),
    ]);
    const [acted, resumed, , late] = looks;
    if (!looks.includes(null)) this.lastWholeTick = performance.now();
    return { acted: acted ?? 0, sent: (resumed ?? 0) + (late ?? 0) };
  }

  health(): { ok: boolean; wholeTickSecondsAgo: number; backOff: number } {
    const agoMs = performance.now() - this.lastWholeTick;
    return {
      ok: agoMs < SILENT_MS,
      wholeTickSecondsAgo: Math.round(agoMs / 1000),
      backOff: this.incidentBackOff.resting().length + this.receiptBackOff.resting().length,
    };
  }

  /** Resolves when all attempts are sent and recorded. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  /** Null after a failure: the other queries of the tick run all the same. */
  private async look(what: string, work: () => Promise<number>): Promise<number | null> {
    try {
      return await work();
    } catch (error) {
      this.options.log.error({ error }, `the pager cannot look for ${what}`);
      return null;
    }
  }

  private async actOnOverdueIncidents(): Promise<number> {
    const { store, lateMs } = this.options;
    const except = this.incidentBackOff.resting();
    const late = await overdueIncidents(store.dataSource, { lateMs, limit: PER_TICK, except });
    await Promise.all(late.map((incident) => this.planning.run(() => this.actOn(incident))));
    return late.length;
  }

  /** Never rejects. */
  private async actOn({ id, state, response, lateAt }: OverdueIncident): Promise<void> {
    const { log } = this.options;
    try {
      const late = dueWork(state, response.settleMs).filter(({ at }) => Date.parse(at) <= lateAt.getTime());
      const request = { incidentId: id, afterSeq: state.seq, tellWorkflow: true, breakGlass: true };
      const begun = await this.dueWork.begin(request, late);
      const recorded = begun.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      for (const { ended } of recorded) this.follow(id, ended);
      const failures = begun.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      if (failures.length > 0)
        throw new AggregateError(failures, 'not everything that is late could be done');
      if (recorded.some(({ outcome }) => outcome.kind === 'accepted')) return this.incidentBackOff.worked(id);
      // Usually another process was faster; an incident that is refused again and again must not use up the limit.
      this.incidentBackOff.failed(id);
    } catch (error) {
      const restMs = this.incidentBackOff.failed(id);
      log.error(
        { error, incident: id, restMs },
        'a late incident could not be dealt with; it is tried again',
      );
    }
  }

  /** Retries and next contacts of incidents taken over, on time, until nothing is pending. */
  private async goOn(): Promise<number> {
    const { store } = this.options;
    if (this.takenOver.size === 0) return 0;
    const incidents = [...this.takenOver];
    const stillOverdue = await stillDue(store.dataSource, incidents);
    const open = new Set(stillOverdue.map(({ id }) => id));
    for (const id of incidents) if (!open.has(id)) this.takenOver.delete(id);
    let sent = 0;
    for (const { id } of stillOverdue.filter(({ isDue }) => isDue)) {
      await this.handleReceipts(id);
      sent += (await this.look(`what is due of ${id}`, () => this.takeAndSend(id, 0))) ?? 0;
    }
    return sent;
  }

  private async chaseReceipts(): Promise<number> {
    const { store, lateMs } = this.options;
    const except = this.receiptBackOff.resting();
    const late = await lateReceipts(store.dataSource, { lateMs, limit: PER_TICK, except });
    for (const id of late) await this.handleReceipts(id);
    return late.length;
  }

  /** Never rejects. */
  private async handleReceipts(incidentId: string): Promise<void> {
    try {
      if ((await this.options.store.receipts.handleOverdue(incidentId)) > 0) this.takenOver.add(incidentId);
      this.receiptBackOff.worked(incidentId);
    } catch (error) {
      const restMs = this.receiptBackOff.failed(incidentId);
      this.options.log.error(
        { error, incident: incidentId, restMs },
        'a receipt that did not come could not be dealt with; it is tried again',
      );
    }
  }

  private async takeAndSend(incidentId: string | null, lateMs: number): Promise<number> {
    const request = { afterSeq: NO_EVENTS, tellWorkflow: true };
    const taken = await this.deliveries.takeDue({ incidentId, lateMs }, request);
    for (const one of taken) this.follow(one.incidentId, one.ended);
    return taken.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Sending goes on in the background. */
  private follow(incidentId: string, sending: Promise<unknown>): void {
    this.takenOver.add(incidentId);
    const ended: Promise<unknown> = sending
      .catch((error: unknown) =>
        this.options.log.error(
          { error, incident: incidentId },
          'a late page could not be sent, or a step that reached nobody not be left; it stays due',
        ),
      )
      .finally(() => this.underWay.delete(ended));
    this.underWay.add(ended);
  }
}

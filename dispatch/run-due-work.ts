/**
 * The executor of due work, for every trigger: timers of the workflow, NOTIFY of outbox and ledger, deadlines, the break-glass
 * pager. A trigger names an incident or items; any number of triggers in any process may name the same.
 */
import { isCanary } from '../domain/canary/canary.js';
import { type DueItem, dueWork, isWaitOver } from '../domain/incident/deadline.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { IncidentState } from '../domain/incident/state.js';
import type { RecordOutcome } from '../db/incident/record.js';
import type { Store } from '../db/connection/store.js';
import type { About, Sent } from '../ports/due-work.js';
import type { DueDeliveries } from './due-deliveries.js';
import { ignored } from './ignored.js';
import { PageAnswers } from './page-answers.js';
import { type DueRequest, recordDueItem, type Recording } from './record-due-item.js';

export interface DueWorkOptions {
  store: Recording & { outbox: Pick<Store['outbox'], 'incidentStart'> };
  deliveries: Pick<DueDeliveries, 'whenFree' | 'sendFirst' | 'nextDueMs'>;
  /** Name of this process in the ledger. */
  self: string;
}

/** An item that is recorded and, if it is a page, being sent. */
export interface Begun {
  outcome: RecordOutcome;
  /** All events since `afterSeq`, when the first attempts have ended. */
  ended: Promise<IncidentEvent[]>;
}

export class DueWorkRunner {
  private readonly answers = new PageAnswers<Begun>();

  constructor(private readonly options: DueWorkOptions) {}

  /** Resolves when every item is recorded; sending goes on. A failure stops no other item. */
  begin(request: DueRequest, items: readonly DueItem[]): Promise<PromiseSettledResult<Begun>[]> {
    return inOrder(items, (item) => this.beginItem(request, item));
  }

  /** For the incident's workflow: resolves when the first attempts have ended, fails only then. */
  async run({ items, ...about }: About & { items: readonly DueItem[] }): Promise<Sent> {
    const request = { ...about, tellWorkflow: false };
    try {
      const events = await eventsOf(await inOrder(items, (item) => this.beginOnce(request, item)));
      return { events, nextDueMs: await this.options.deliveries.nextDueMs(about.incidentId) };
    } finally {
      for (const item of items) this.answers.forget(about.incidentId, item);
    }
  }

  /**
   * Does what is due by the record's clock: ends waits, then makes the pages that are due, the following ones included, and reminds
   * of a missing update. The
   * workflow has the same timers and gets this answer when it calls. The canary is left to its workflow, because it must prove
   * that the workflows page.
   */
  async lookAt(incidentId: string): Promise<void> {
    const incident = await this.options.store.outbox.incidentStart(incidentId);
    if (incident === null || isCanary(incident.state)) return;
    const { response } = incident;
    let nowMs = incident.now.getTime();
    const dueOf = (one: IncidentState) =>
      dueWork(one, response.settleMs).filter(({ at }) => Date.parse(at) <= nowMs);
    const request = (afterSeq: number) => ({ incidentId, afterSeq, tellWorkflow: false });
    let { state } = incident;
    for (let wait = dueOf(state).find(isWaitOver); wait !== undefined; wait = dueOf(state).find(isWaitOver)) {
      const { outcome } = await this.beginItem(request(state.seq), wait);
      if (outcome.kind === 'not_found') return;
      ({ state } = outcome);
      // Refused: another process was faster, or the clock went back.
      if (outcome.kind !== 'accepted') break;
      nowMs = Math.max(nowMs, ...outcome.events.map(({ at }) => Date.parse(at)));
    }
    // Reminders of a review are left to the workflow: no page can be due behind them.
    const rest = dueOf(state).filter(({ type }) => type === 'page' || type === 'remind_update');
    await eventsOf(await inOrder(rest, (item) => this.beginOnce(request(state.seq), item)));
  }

  private beginOnce(request: DueRequest, item: DueItem): Promise<Begun> {
    if (item.type !== 'page') return this.beginItem(request, item);
    return this.answers.once(request.incidentId, item, async () => {
      const begun = await this.beginItem(request, item);
      begun.ended.catch(() => this.answers.forget(request.incidentId, item));
      return begun;
    });
  }

  private async beginItem(request: DueRequest, item: DueItem): Promise<Begun> {
    const { store, deliveries, self } = this.options;
    if (item.type === 'page') await deliveries.whenFree();
    const { outcome, leases } = await recordDueItem(store, { ...request, sender: self }, item);
    const events = outcome.kind === 'not_found' ? [] : outcome.events;
    const isPaged = item.type === 'page' && (outcome.kind === 'accepted' || leases.length > 0);
    if (!isPaged) return { outcome, ended: Promise.resolve(events) };
    const afterSeq = events.at(-1)?.seq ?? request.afterSeq;
    const ended = deliveries
      .sendFirst({ ...request, afterSeq }, leases)
      .then((ofDeadStep) => [...events, ...ofDeadStep]);
    ended.catch(ignored);
    return { outcome, ended };
  }
}

/** Ends of waits come first, one after the other: one that is over may withdraw a page that is due as well. */
async function inOrder(
  items: readonly DueItem[],
  begin: (item: DueItem) => Promise<Begun>,
): Promise<PromiseSettledResult<Begun>[]> {
  const waits: PromiseSettledResult<Begun>[] = [];
  for (const item of items.filter((one) => isWaitOver(one)))
    waits.push(...(await Promise.allSettled([begin(item)])));
  return [...waits, ...(await Promise.allSettled(items.filter((one) => !isWaitOver(one)).map(begin)))];
}

/** All events in order. Fails only when all items have ended: a call repeated while one still sends would send it twice. */
async function eventsOf(begun: readonly PromiseSettledResult<Begun>[]): Promise<IncidentEvent[]> {
  const ended = await Promise.allSettled(
    begun.map((one) => (one.status === 'fulfilled' ? one.value.ended : Promise.reject(one.reason))),
  );
  const events = ended.flatMap((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  return [...new Map(events.map((event) => [event.seq, event])).values()].toSorted((a, b) => a.seq - b.seq);
}

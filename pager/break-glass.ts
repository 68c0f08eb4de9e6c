/**
 * Does what is owed and late, without Temporal: incidents whose deadline has passed with nobody acting, and ledger rows that
 * nobody sent (reliability.md §4). It plans with the same functions and keys as the worker, so a page is never made twice. No
 * incident and no provider can hold up another's page: each is planned by itself, and sent beside all planning.
 */
import type { Logger } from 'pino';
import { type Sender, sendDelivery } from '../channels/send-delivery.js';
import { Places } from '../config/places.js';
import { type LateIncident, lateIncidents, lateReceipts, stillOwed } from '../db/late-work.js';
import type { Store } from '../db/store.js';
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import { FIRST_ATTEMPT_TIMEOUT_MS, RETRY_TIMEOUT_MS } from '../domain/delivery/ledger.js';
import { type DueWork, dueWork } from '../domain/incident/deadline.js';
import type { IncidentState } from '../domain/incident/state.js';
import { SetAside } from './set-aside.js';

const PER_TURN = 50;
/** Incidents planned at once: one whose row is locked by somebody keeps the others waiting no longer than that. */
const PLANNED_AT_ONCE = 4;
/** Attempts at once. First pages have places of their own, so that no retry at a provider that hangs stands before them. */
const PAGES_AT_ONCE = 50;
const RETRIES_AT_ONCE = 30;
/** Without a turn in which every look succeeded for this long, the pager is not well. */
const SILENT_MS = 60_000;
/** Nobody here wants the events. */
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
  /** Late incidents that something was done about. */
  acted: number;
  /** Late rows that are being sent. */
  sent: number;
}

export class BreakGlass {
  private readonly planning = new Places(PLANNED_AT_ONCE);
  private readonly pages = new Places(PAGES_AT_ONCE);
  private readonly retries = new Places(RETRIES_AT_ONCE);
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly incidentsAside = new SetAside();
  private readonly receiptsAside = new SetAside();
  /** Incidents that nobody else seems to look after: what follows from the pager's own attempts comes at its time, not late again. */
  private readonly takenOver = new Set<string>();
  private lastWholeTurn = performance.now();

  constructor(private readonly options: BreakGlassOptions) {}

  /** One turn; resolves when everything is planned and leased, while it is being sent. Never rejects. */
  async turn(): Promise<Done> {
    const looks = await Promise.all([
      this.look('late incidents', () => this.actOnLateIncidents()),
      this.look('what was taken over', () => this.goOn()),
      this.look('late receipts', () => this.chaseReceipts()),
      this.look('late rows', () => this.sendLateRows()),
    ]);
    const [acted, resumed, , late] = looks;
    if (!looks.includes(null)) this.lastWholeTurn = performance.now();
    return { acted: acted ?? 0, sent: (resumed ?? 0) + (late ?? 0) };
  }

  health(): { ok: boolean; wholeTurnSecondsAgo: number; setAside: number } {
    const agoMs = performance.now() - this.lastWholeTurn;
    return {
      ok: agoMs < SILENT_MS,
      wholeTurnSecondsAgo: Math.round(agoMs / 1000),
      setAside: this.incidentsAside.resting().length + this.receiptsAside.resting().length,
    };
  }

  /** Resolves when what is being sent has been sent and recorded. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  /** Null when it failed: the others look all the same. */
  private async look(what: string, work: () => Promise<number>): Promise<number | null> {
    try {
      return await work();
    } catch (error) {
      this.options.log.error({ error }, `the pager cannot look for ${what}`);
      return null;
    }
  }

  private async actOnLateIncidents(): Promise<number> {
    const { store, lateMs } = this.options;
    const except = this.incidentsAside.resting();
    const late = await lateIncidents(store.dataSource, { lateMs, limit: PER_TURN, except });
    await Promise.all(late.map((incident) => this.planning.run(() => this.actOn(incident))));
    return late.length;
  }

  /** Never rejects. */
  private async actOn({ id, state, response, lateAt }: LateIncident): Promise<void> {
    const { log } = this.options;
    try {
      const late = dueWork(state, response.settleMs).filter(
        (work) => Date.parse(work.at) <= lateAt.getTime(),
      );
      // One track that cannot be paged does not silence the others.
      const results = await Promise.allSettled(late.map((work) => this.act(state, work)));
      const failures = results.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      if (failures.length > 0)
        throw new AggregateError(failures, 'not everything that is late could be done');
      if (results.some((one) => one.status === 'fulfilled' && one.value))
        return this.incidentsAside.worked(id);
      // Somebody was faster, mostly; what is refused again and again must not take the turn of others.
      this.incidentsAside.failed(id);
    } catch (error) {
      const restMs = this.incidentsAside.failed(id);
      log.error(
        { error, incident: id, restMs },
        'a late incident could not be dealt with; it is tried again',
      );
    }
  }

  /** False when the record would not have it. */
  private async act(state: IncidentState, work: DueWork): Promise<boolean> {
    const { store, self } = this.options;
    const asking = { incidentId: state.id, actor: 'tocsin', tellWorkflow: true, afterSeq: state.seq };
    switch (work.type) {
      case 'page': {
        // Leased only when it can be sent soon: a lease does not wait.
        await this.pages.room();
        const { track, due } = work;
        const { outcome, leases } = await store.paging.page({
          ...asking,
          track,
          due,
          sender: self,
          breakGlass: true,
        });
        this.send(await store.ledger.leased(leases), {
          places: this.pages,
          timeoutMs: FIRST_ATTEMPT_TIMEOUT_MS,
        });
        return outcome.kind === 'accepted';
      }
      case 'expire_acknowledgement':
      case 'end_snooze':
      case 'resolve_quiet':
        return isDone(await store.recorder.record({ ...asking, command: { type: work.type } }));
      case 'remind_review':
        return isDone(await store.response.remindReview({ ...asking, reminder: work.reminder }));
    }
  }

  /** Retries and next contacts of what the pager has taken over, when they are due; until nothing is owed any more. */
  private async goOn(): Promise<number> {
    const { store } = this.options;
    if (this.takenOver.size === 0) return 0;
    const asked = [...this.takenOver];
    const owed = await stillOwed(store.dataSource, asked);
    const open = new Set(owed.map(({ id }) => id));
    for (const id of asked) if (!open.has(id)) this.takenOver.delete(id);
    let sent = 0;
    for (const { id } of owed.filter(({ isDue }) => isDue)) {
      await this.chase(id);
      sent += (await this.look(`what is due of ${id}`, () => this.takeAndSend(id, 0))) ?? 0;
    }
    return sent;
  }

  private async chaseReceipts(): Promise<number> {
    const { store, lateMs } = this.options;
    const except = this.receiptsAside.resting();
    const late = await lateReceipts(store.dataSource, { lateMs, limit: PER_TURN, except });
    for (const id of late) await this.chase(id);
    return late.length;
  }

  /** Never rejects. */
  private async chase(incidentId: string): Promise<void> {
    try {
      if ((await this.options.store.receipts.chase(incidentId)) > 0) this.takenOver.add(incidentId);
      this.receiptsAside.worked(incidentId);
    } catch (error) {
      const restMs = this.receiptsAside.failed(incidentId);
      this.options.log.error(
        { error, incident: incidentId, restMs },
        'a receipt that did not come could not be dealt with; it is tried again',
      );
    }
  }

  private sendLateRows(): Promise<number> {
    return this.takeAndSend(null, this.options.lateMs);
  }

  private async takeAndSend(incidentId: string | null, lateMs: number): Promise<number> {
    const { store, self } = this.options;
    const limit = Math.min(this.retries.free, PER_TURN);
    if (limit <= 0) return 0;
    const leased = await store.ledger.takeDue({ incidentId, sender: self, lateMs, limit });
    this.send(leased, { places: this.retries, timeoutMs: RETRY_TIMEOUT_MS });
    return leased.length;
  }

  /** Beside everything else; when the last row of an incident has been tried, a step that has reached nobody is left. */
  private send(leased: LeasedDelivery[], { places, timeoutMs }: { places: Places; timeoutMs: number }): void {
    for (const incidentId of new Set(leased.map(({ incident }) => incident.id))) {
      this.takenOver.add(incidentId);
      const attempts = leased
        .filter(({ incident }) => incident.id === incidentId)
        .map((delivery) =>
          places
            .run(async () => void (await sendDelivery(this.options.sender, delivery, timeoutMs)))
            .catch((error: unknown) =>
              this.options.log.error(
                { error, incident: incidentId },
                'a late page could not be sent; it stays owed',
              ),
            ),
        );
      const ended: Promise<unknown> = Promise.all(attempts)
        .then(() =>
          this.options.store.paging.escalateDeadSteps({
            incidentId,
            afterSeq: NO_EVENTS,
            tellWorkflow: true,
          }),
        )
        .catch((error: unknown) =>
          this.options.log.error(
            { error, incident: incidentId },
            'a step that reached nobody could not be left',
          ),
        )
        .finally(() => this.underWay.delete(ended));
      this.underWay.add(ended);
    }
  }
}

const isDone = ({ kind }: { kind: string }): boolean => kind === 'accepted';

/**
 * Does what is owed and late, without Temporal: incidents whose deadline has passed with nobody acting, and ledger rows that
 * nobody sent (reliability.md §4). It plans with the same functions and keys as the worker, so a page is never made twice.
 */
import { type Sender, sendDelivery } from '../channels/send-delivery.js';
import type { Store } from '../db/store.js';
import { FIRST_ATTEMPT_TIMEOUT_MS, RETRY_TIMEOUT_MS } from '../domain/delivery/ledger.js';
import { type DueWork, dueWork } from '../domain/incident/deadline.js';
import type { IncidentResponse } from '../domain/incident/response.js';
import type { IncidentState } from '../domain/incident/state.js';

const PER_TURN = 50;

export interface BreakGlass {
  store: Store;
  sender: Sender;
  /** Name of this process in the ledger. */
  self: string;
  lateMs: number;
}

/** One turn. Returns how many things it did, for metrics and logs. */
export async function breakGlass(options: BreakGlass): Promise<{ acted: number; sent: number }> {
  const acted = await actOnLateIncidents(options);
  const sent = await sendLateRows(options);
  return { acted, sent };
}

interface LateRow {
  id: string;
  state: IncidentState;
  response: IncidentResponse;
  late_at: Date;
}

async function actOnLateIncidents(options: BreakGlass): Promise<number> {
  const rows: LateRow[] = await options.store.dataSource.query(
    `SELECT id, state, response, tocsin_now() - $1::int * interval '1 millisecond' AS late_at FROM incident
      WHERE next_deadline < tocsin_now() - $1::int * interval '1 millisecond' ORDER BY next_deadline LIMIT $2`,
    [options.lateMs, PER_TURN],
  );
  for (const { state, response, late_at } of rows) {
    const late = dueWork(state, response.settleMs).filter((work) => Date.parse(work.at) <= late_at.getTime());
    for (const work of late) await act(options, state, work);
  }
  return rows.length;
}

async function act({ store, sender, self }: BreakGlass, state: IncidentState, work: DueWork): Promise<void> {
  const asking = { incidentId: state.id, actor: 'tocsin', tellWorkflow: true, afterSeq: state.seq };
  switch (work.type) {
    case 'page': {
      const { leases } = await store.paging.page({
        ...asking,
        track: work.track,
        due: work.due,
        reason: work.reason,
        sender: self,
        breakGlass: true,
      });
      const leased = await store.ledger.leased(leases);
      await Promise.all(leased.map((delivery) => sendDelivery(sender, delivery, FIRST_ATTEMPT_TIMEOUT_MS)));
      await store.paging.escalateDeadSteps(asking);
      return;
    }
    case 'expire_acknowledgement':
      await store.recorder.record({ ...asking, command: { type: 'expire_acknowledgement' } });
      return;
    case 'end_snooze':
      await store.recorder.record({ ...asking, command: { type: 'end_snooze' } });
      return;
    case 'remind_review':
      await store.response.remindReview({ ...asking, reminder: work.reminder });
      return;
  }
}

async function sendLateRows({ store, sender, self, lateMs }: BreakGlass): Promise<number> {
  await store.receipts.chaseLate({ lateMs, limit: PER_TURN });
  const late = await store.ledger.takeDue({ incidentId: null, sender: self, lateMs, limit: PER_TURN });
  await Promise.all(late.map((delivery) => sendDelivery(sender, delivery, RETRY_TIMEOUT_MS)));
  const incidents = new Set(late.map((delivery) => delivery.incident.id));
  for (const incidentId of incidents) {
    await store.paging.escalateDeadSteps({
      incidentId,
      afterSeq: Number.MAX_SAFE_INTEGER,
      tellWorkflow: true,
    });
  }
  return late.length;
}

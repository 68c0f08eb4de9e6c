/** Sends retries and later contacts on the `paging` queue, so that a slow provider delays no workflow task. */
import { RETRY_TIMEOUT_MS } from '../domain/delivery/timeouts.js';
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import type { Sent } from './incident-activities.js';
import type { LedgerPort } from '../ports/delivery.js';
import type { PagingPort } from '../ports/escalation.js';

export interface SendingPorts {
  ledger: LedgerPort;
  paging: PagingPort;
  /** Continues with people's next contacts where a receipt did not arrive in time. */
  receipts: { handleOverdue(incidentId: string): Promise<unknown> };
  /** Name of this process in the ledger. */
  sender: string;
  attempt: (delivery: LeasedDelivery, timeoutMs: number) => Promise<unknown>;
}

export const createSendingActivities = ({ ledger, paging, receipts, sender, attempt }: SendingPorts) => ({
  /** Sends this incident's due deliveries. Safe to repeat: every row is leased, and settled rows are not due. */
  async sendDue({ incidentId, afterSeq }: { incidentId: string; afterSeq: number }): Promise<Sent> {
    await receipts.handleOverdue(incidentId);
    const due = await ledger.takeDue({ incidentId, sender, lateMs: 0, limit: 50 });
    await Promise.all(due.map((delivery) => attempt(delivery, RETRY_TIMEOUT_MS)));
    const dead = await paging.escalateDeadSteps({ incidentId, afterSeq });
    return { events: dead.events, nextDueMs: await ledger.nextDueMs(incidentId) };
  },
});

export type SendingActivities = ReturnType<typeof createSendingActivities>;

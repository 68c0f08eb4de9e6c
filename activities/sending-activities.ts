/** Retries and later contacts, on the `paging` queue: a slow provider holds up nobody's workflow task. */
import { RETRY_TIMEOUT_MS } from '../domain/delivery/ledger.js';
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import type { Sent } from './incident-activities.js';
import type { LedgerPort, PagingPort } from './ports.js';

export interface SendingPorts {
  ledger: LedgerPort;
  paging: PagingPort;
  /** Goes on to people's next contacts where a receipt did not come in time. */
  receipts: { chase(incidentId: string): Promise<unknown> };
  /** Name of this process in the ledger. */
  sender: string;
  attempt: (delivery: LeasedDelivery, timeoutMs: number) => Promise<unknown>;
}

export const createSendingActivities = ({ ledger, paging, receipts, sender, attempt }: SendingPorts) => ({
  /** Sends what this incident owes now. Safe to repeat: every row is leased, and settled rows are not due. */
  async sendDue({ incidentId, afterSeq }: { incidentId: string; afterSeq: number }): Promise<Sent> {
    await receipts.chase(incidentId);
    const due = await ledger.takeDue({ incidentId, sender, lateMs: 0, limit: 50 });
    await Promise.all(due.map((delivery) => attempt(delivery, RETRY_TIMEOUT_MS)));
    const dead = await paging.escalateDeadSteps({ incidentId, afterSeq });
    return { events: dead.events, nextDueMs: await ledger.nextDueMs(incidentId) };
  },
});

export type SendingActivities = ReturnType<typeof createSendingActivities>;

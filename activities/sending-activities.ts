/** Sends retries and later contacts on the `paging` queue, so that a slow provider delays no workflow task. */
import type { About, DueWorkPort, Sent } from '../ports/due-work.js';

export const createSendingActivities = (dueWork: Pick<DueWorkPort, 'sendDue'>) => ({
  /** Sends this incident's due deliveries. */
  sendDue: ({ incidentId, afterSeq }: About): Promise<Sent> => dueWork.sendDue({ incidentId, afterSeq }),
});

export type SendingActivities = ReturnType<typeof createSendingActivities>;

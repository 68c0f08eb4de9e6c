/**
 * The effect of each kind of due work on the record; no other code interprets due work. The record decides under the row lock
 * whether the item is due, and ledger keys keep a page from being made twice.
 */
import type { DueItem } from '../domain/incident/deadline.js';
import type { RecordOutcome } from '../db/incident/record.js';
import type { Store } from '../db/connection/store.js';
import type { About } from '../ports/due-work.js';

export interface DueRequest extends About {
  /** False when the incident's own workflow calls, or calls as well, and gets the events as the result. */
  tellWorkflow: boolean;
  /** The break-glass pager calls, because no worker did. */
  breakGlass?: boolean;
}

export type Recording = Pick<Store, 'recorder' | 'paging' | 'response'>;

/** `sender`: the process that makes the first attempts, whose `leases` are returned. */
export async function recordDueItem(
  { recorder, paging, response }: Recording,
  { breakGlass = false, ...about }: DueRequest & { sender: string },
  item: DueItem,
): Promise<{ outcome: RecordOutcome; leases: string[] }> {
  const { incidentId, afterSeq, tellWorkflow, sender } = about;
  const request = { incidentId, afterSeq, tellWorkflow, actor: 'tocsin' };
  switch (item.type) {
    case 'page': {
      const { escalation, due } = item;
      return paging.page({ ...request, escalation, due, sender, breakGlass });
    }
    case 'expire_acknowledgement':
    case 'end_snooze':
    case 'resolve_quiet':
      return { outcome: await recorder.record({ ...request, command: { type: item.type } }), leases: [] };
    case 'remind_update':
      return { outcome: await response.remindUpdate({ ...request, reminder: item.reminder }), leases: [] };
    case 'remind_review':
      return { outcome: await response.remindReview({ ...request, reminder: item.reminder }), leases: [] };
  }
}

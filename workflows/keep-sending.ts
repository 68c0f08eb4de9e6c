/** Sends retries and later contacts: wakes whenever a delivery of this incident is due. */
import { condition } from '@temporalio/workflow';
import { sendDue } from './proxies.js';
import type { IncidentReplica } from './incident-replica.js';

export async function keepSending(replica: IncidentReplica, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    const at = replica.nextSendAt;
    const changed = () => replica.nextSendAt !== at || !goesOn();
    if (at === null) {
      await condition(changed);
    } else if (at > Date.now()) {
      await condition(changed, at - Date.now());
    } else {
      // Cleared before the call: a delivery that becomes due in the meantime sets it again.
      replica.nextSendAt = null;
      const { events, nextDueMs } = await sendDue(replica.about);
      replica.hasDue(nextDueMs);
      replica.apply(events);
    }
  }
}

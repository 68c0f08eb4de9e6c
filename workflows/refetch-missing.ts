/**
 * Refetches missing events from the record when an event's predecessors never arrive (a signal lost with an old run, a database
 * restored to an earlier time; docs/reliability.md R2, R9). Usually an activity that is about to return supplies them.
 */
import { condition } from '@temporalio/workflow';
import { local } from './proxies.js';
import type { IncidentReplica } from './incident-replica.js';

export async function refetchMissing(replica: IncidentReplica, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    await condition(() => replica.hasGap || !goesOn());
    if (!goesOn()) return;
    const closed = await condition(() => !replica.hasGap || !goesOn(), '15s');
    if (!closed) await replica.ask((about) => local.catchUp(about));
  }
}

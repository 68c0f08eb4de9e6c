/** Diagnostics start in parallel and never hold up a page. */
import { log } from '@temporalio/workflow';
import { diagnose } from './proxies.js';
import type { IncidentReplica } from './incident-replica.js';

export async function triage(replica: IncidentReplica): Promise<void> {
  const checks = replica.response.diagnostics.map(async (diagnostic) => {
    try {
      replica.apply((await diagnose({ ...replica.about, name: diagnostic.name })).events);
    } catch (error) {
      // A diagnostic is optional: an incident never waits for one and never fails because of one.
      log.warn('diagnostic failed', { diagnostic: diagnostic.name, error });
    }
  });
  await Promise.all(checks);
}

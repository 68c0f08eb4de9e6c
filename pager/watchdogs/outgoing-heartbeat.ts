/**
 * Pings an outside monitor (`TOCSIN_HEARTBEAT_URL`) after each success of the canary, and at no other time: the
 * monitor (Healthchecks and the like) raises the alarm when this whole machine is gone.
 */
import type { EgressPort } from '../../ports/egress.js';
import { reportWatchdog } from '../../db/health/watchdogs.js';
import type { Store } from '../../db/connection/store.js';

const TIMEOUT_MS = 10_000;

export async function pingOutside({
  store,
  egress,
  heartbeatUrl,
}: {
  store: Pick<Store, 'dataSource'>;
  egress: EgressPort;
  heartbeatUrl: string | null;
}): Promise<void> {
  const report = (ok: boolean, text: string): Promise<void> =>
    reportWatchdog(store.dataSource, { name: 'heartbeat', ok, text });
  if (heartbeatUrl === null) {
    return report(
      false,
      'nobody outside would notice if this machine were gone: set TOCSIN_HEARTBEAT_URL to the ping address of an outside monitor',
    );
  }
  const answer = await egress.request({
    method: 'GET',
    url: heartbeatUrl,
    timeoutMs: TIMEOUT_MS,
    maxBytes: 1024,
  });
  if (answer.kind === 'answered') {
    const ok = answer.status >= 200 && answer.status < 300;
    return report(
      ok,
      ok ? 'the outside monitor was pinged' : `the outside monitor answered ${answer.status}`,
    );
  }
  return report(
    false,
    answer.kind === 'refused'
      ? `the outside monitor may not be called: ${answer.reason}`
      : 'the outside monitor does not answer',
  );
}

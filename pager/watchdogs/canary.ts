/** Runs the canary, reports its status, and pings the outside monitor when it succeeds. */
import type { Logger } from 'pino';
import type { EgressPort } from '../../ports/egress.js';
import type { CanaryStore } from '../../db/health/canary-store.js';
import { reportWatchdog } from '../../db/health/watchdogs.js';
import type { Store } from '../../db/connection/store.js';
import type { CanaryStep } from '../../domain/canary/canary.js';
import { pingOutside } from './outgoing-heartbeat.js';

export interface CanaryKeeper {
  store: Pick<Store, 'dataSource'>;
  canaries: CanaryStore;
  egress: EgressPort;
  everyMs: number;
  heartbeatUrl: string | null;
  log: Logger;
  /** For metrics. */
  onStep: (step: CanaryStep) => void;
}

/** One tick. */
export async function keepCanary(keeper: CanaryKeeper): Promise<void> {
  const { store, canaries, everyMs, log, onStep } = keeper;
  const step = await canaries.tick(everyMs);
  if (step === null) return;
  onStep(step);
  const report = (ok: boolean, text: string, detail: object = {}): Promise<void> =>
    reportWatchdog(store.dataSource, { name: 'canary', ok, text, detail });
  switch (step.do) {
    case 'passed':
      await report(true, `paged in ${(step.tookMs / 1000).toFixed(2)} s`, { tookMs: step.tookMs });
      await pingOutside(keeper);
      return;
    case 'rescued':
    case 'late':
      log.error({ why: step.why }, 'the canary is not paged: incidents may not be either');
      return report(false, step.why);
    case 'open':
    case 'ask':
    case 'wait':
      return;
  }
}

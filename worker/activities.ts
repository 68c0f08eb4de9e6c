/** The executor of due work with its triggers outside Temporal, and the activities of the workflows by task queue. */
import type { Logger } from 'pino';
import { createChecks } from '../steps/check/checks.js';
import { createDiagnosticActivities } from '../activities/diagnostic-activities.js';
import { createDrillActivities } from '../activities/drill-activities.js';
import { createIncidentActivities } from '../activities/incident-activities.js';
import { createRunbookActivities } from '../activities/runbook-activities.js';
import { createSendingActivities } from '../activities/sending-activities.js';
import { proofOf, sameSecret } from '../shared/keys.js';
import { DueDeliveries } from '../dispatch/due-deliveries.js';
import { EagerPager } from '../dispatch/eager-pager.js';
import { LedgerFollower } from '../dispatch/ledger-follower.js';
import type { Outbound } from '../dispatch/outbound.js';
import { DueWorkRunner } from '../dispatch/run-due-work.js';
import { diagnosticPort, recordPort, responsePort } from './ports.js';
import { secretsOf } from './runbook-secrets.js';

export interface ActivityParts extends Pick<Outbound, 'store' | 'egress' | 'sender'> {
  /** Name of this process in leases. */
  self: string;
  /** The root key. */
  secretKey: Buffer;
  log: Logger;
}

export function createActivities({ store, egress, sender, self, secretKey, log }: ActivityParts) {
  const checks = createChecks(egress);
  const deliveries = new DueDeliveries({ store, sender, self });
  const dueWork = new DueWorkRunner({ store, deliveries, self });
  return {
    dueWork,
    eagerPager: new EagerPager(dueWork, log),
    ledgerFollower: new LedgerFollower(deliveries, log),
    byQueue: {
      local: createIncidentActivities({ dueWork, response: responsePort(store) }),
      paging: createSendingActivities({
        sendDue: (about) => deliveries.sendDue({ ...about, tellWorkflow: false }),
      }),
      runbook: {
        ...createDrillActivities(store.drills, store.drillStarts),
        ...createDiagnosticActivities({
          checks,
          record: recordPort(store),
          diagnostics: diagnosticPort(store),
        }),
        ...createRunbookActivities({
          runs: store.runs,
          egress,
          checks,
          notices: store.notices,
          secrets: secretsOf(process.env),
          proof: {
            prove: (about, text) => proofOf(secretKey, about, text),
            isProven: (about, text, proof) => sameSecret(proofOf(secretKey, about, text), proof),
          },
        }),
      },
    },
  };
}

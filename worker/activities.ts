/**
 * Activities of the workflows by task queue, and the two dispatchers that run without Temporal: eager pager and due
 * dispatcher.
 */
import type { Logger } from 'pino';
import { createChecks } from '../steps/check/checks.js';
import { createDiagnosticActivities } from '../activities/diagnostic-activities.js';
import { createDrillActivities } from '../activities/drill-activities.js';
import { createIncidentActivities, pageSteps } from '../activities/incident-activities.js';
import { createRunbookActivities } from '../activities/runbook-activities.js';
import { createSendingActivities } from '../activities/sending-activities.js';
import { sendDelivery } from '../dispatch/send-delivery.js';
import { proofOf, sameSecret } from '../shared/keys.js';
import { FIRST_ATTEMPT_TIMEOUT_MS } from '../domain/delivery/timeouts.js';
import type { Outbound } from '../dispatch/outbound.js';
import { EagerPager } from '../dispatch/eager-pager.js';
import { DueDispatcher } from '../dispatch/due-dispatcher.js';
import { diagnosticPort, ledgerPort, pagingPort, recordPort, responsePort } from './ports.js';
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
  const paging = pagingPort(store, self, false);
  const incident = createIncidentActivities({
    record: recordPort(store, false),
    response: responsePort(store),
    ledger: ledgerPort(store),
    paging,
    async send(leases) {
      const leased = await store.ledger.leased(leases);
      const attempted = await Promise.all(
        leased.map((delivery) => sendDelivery(sender, delivery, FIRST_ATTEMPT_TIMEOUT_MS)),
      );
      return attempted.includes('accepted');
    },
  });
  const sending = (port: typeof paging) =>
    createSendingActivities({
      ledger: ledgerPort(store),
      paging: port,
      receipts: store.receipts,
      sender: self,
      attempt: (delivery, timeoutMs) => sendDelivery(sender, delivery, timeoutMs),
    });
  const eagerPager = new EagerPager({
    incident: (id) => store.outbox.incidentStart(id),
    makePage: (request) => incident.page(request),
    note: (request) => incident.note(request),
    log,
  });
  return {
    eagerPager,
    dueDispatcher: new DueDispatcher(sending(pagingPort(store, self, true)), log),
    byQueue: {
      local: {
        ...incident,
        pageSteps: (request: Parameters<typeof pageSteps>[1]) =>
          pageSteps((stepRef) => eagerPager.page(stepRef), request),
      },
      paging: sending(paging),
      runbook: {
        ...createDrillActivities(store.drills, store.drillStarts),
        ...createDiagnosticActivities({
          checks,
          record: recordPort(store, true),
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

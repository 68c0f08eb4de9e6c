/** Pages the due step without a worker. */
import type { LeasedDelivery } from '../../domain/delivery/leased-delivery.js';
import { lockIncident } from '../../db/incident/incident-row.js';
import type { Store } from '../../db/connection/store.js';

/** Plans and leases, but does not send. */
export async function leaseFirstStep(store: Store, incidentId: string): Promise<LeasedDelivery[]> {
  const locked = await store.dataSource.transaction((tx) => lockIncident(tx, incidentId));
  const escalation = locked?.state.escalations[0];
  if (escalation === undefined) throw new Error('the incident pages no team');
  const { leases } = await store.paging.page({
    incidentId,
    escalation: escalation.name,
    due: { cycle: escalation.cycle, step: escalation.step },
    actor: 'tocsin',
    tellWorkflow: true,
    afterSeq: 0,
    sender: 'test',
  });
  return store.ledger.leased(leases);
}

/** Settles the deliveries as accepted, like a provider. */
export async function pageFirstStep(store: Store, incidentId: string): Promise<void> {
  for (const delivery of await leaseFirstStep(store, incidentId))
    await store.ledger.settle(delivery, {
      kind: 'accepted',
      provider: 'test',
      providerId: `T${delivery.id}`,
    });
}

/** Pages the step that is due without a worker. */
import type { LeasedDelivery } from '../../domain/delivery/leased-delivery.js';
import { lockIncident } from '../../db/incident-row.js';
import type { Store } from '../../db/store.js';

/** Planned and leased, not sent yet. */
export async function leaseFirstStep(store: Store, incidentId: string): Promise<LeasedDelivery[]> {
  const locked = await store.dataSource.transaction((tx) => lockIncident(tx, incidentId));
  const track = locked?.state.tracks[0];
  if (track === undefined) throw new Error('the incident pages no team');
  const { leases } = await store.paging.page({
    incidentId,
    track: track.name,
    due: { cycle: track.cycle, step: track.step },
    actor: 'tocsin',
    tellWorkflow: true,
    afterSeq: 0,
    sender: 'test',
  });
  return store.ledger.leased(leases);
}

/** Accepted, as a provider would. */
export async function pageFirstStep(store: Store, incidentId: string): Promise<void> {
  for (const delivery of await leaseFirstStep(store, incidentId))
    await store.ledger.settle(delivery, {
      kind: 'accepted',
      provider: 'test',
      providerId: `T${delivery.id}`,
    });
}

/** Projects events into the tables that people and senders read, inside the transaction that records them. */
import type { EntityManager } from 'typeorm';
import type { IncidentEvent } from '../../domain/incident/events.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { isReviewEvent } from '../../domain/postmortem/fold-review.js';
import { isRunEvent } from '../../domain/runbook/fold-run.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import type { LockedIncident } from '../incident/incident-row.js';
import type { Ledger } from '../delivery/ledger.js';
import { projectLinks } from '../reply/link-life.js';
import { planUpdates } from './project-page-updates.js';
import { planRequest, requestOf } from './project-requests.js';
import { projectAlerts } from './close-alerts-of-resolved.js';
import { projectDelivery } from './project-delivery.js';
import { projectReview } from './project-review.js';
import { projectRun } from './project-run.js';

export interface Projected {
  /** The state after all events of this command. */
  state: IncidentState;
  event: IncidentEvent;
  attachment: unknown;
  locked: LockedIncident;
}

export interface Projecting {
  ledger: Ledger;
  snapshots: ConfigSnapshots;
  /** Days for which links stay valid after their incident closed. */
  linkDays: number;
}

export async function project(
  tx: EntityManager,
  by: Projecting,
  { state, event, attachment, locked }: Projected,
): Promise<void> {
  if (isRunEvent(event)) await projectRun(tx, state.id, event, attachment);
  else if (isReviewEvent(event)) await projectReview(tx, state.id, event, attachment);
  else {
    await projectDelivery(tx, state, event);
    await projectAlerts(tx, state, event);
  }

  await projectLinks(tx, state.id, event, by.linkDays);
  await planUpdates(tx, by, { event, state, locked });
  const request = requestOf(event, state, locked.response.urgency);
  if (request === null) return;
  const snapshot = await by.snapshots.at(tx, locked.configVersion);
  await planRequest(tx, by.ledger, snapshot, { incidentId: state.id, now: locked.now }, request);
}

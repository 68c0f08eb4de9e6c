/** Keeps the tables that people and senders read in step with the events, inside the transaction that records them. */
import type { EntityManager } from 'typeorm';
import type { IncidentEvent } from '../../domain/incident/events.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { isReviewEvent } from '../../domain/postmortem/fold-review.js';
import { isRunEvent } from '../../domain/runbook/fold-run.js';
import { projectDelivery } from './project-delivery.js';
import { projectReview } from './project-review.js';
import { projectRun } from './project-run.js';

export interface Projected {
  /** The state after all events of this command. */
  state: IncidentState;
  event: IncidentEvent;
  attachment: unknown;
}

export async function project(tx: EntityManager, { state, event, attachment }: Projected): Promise<void> {
  if (isRunEvent(event)) await projectRun(tx, state.id, event, attachment);
  else if (isReviewEvent(event)) await projectReview(tx, state.id, event, attachment);
  else await projectDelivery(tx, state, event);
}

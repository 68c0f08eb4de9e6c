/** Records on an incident what a source said about its alert. */
import type { EntityManager } from 'typeorm';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { Recorder } from '../incident/record.js';

export interface Told {
  /** Null: the alert belongs to no incident. */
  incidentId: string | null;
  source: string;
  command: Extract<IncidentCommand, { type: 'close_alert' | 'acknowledge' }>;
}

export async function tellIncident(
  tx: EntityManager,
  recorder: Recorder,
  { incidentId, source, command }: Told,
): Promise<void> {
  if (incidentId === null) return;
  await recorder.recordIn(tx, { incidentId, actor: `source:${source}`, command });
}

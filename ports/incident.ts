/** The record of incidents, as activities use it; `db/incident` implements it. */
import type { IncidentCommand } from '../domain/incident/commands.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { Actor } from '../domain/incident/state.js';

/** The record's reply, with all events since `afterSeq`, so that a caller can fold up to now. */
export type RecordReply =
  | { kind: 'accepted' | 'unchanged'; events: IncidentEvent[] }
  | { kind: 'refused'; code: string; detail: string; events: IncidentEvent[] };

/** The record's command interface for activities. Refusals are ordinary replies: the caller continues from the newer events. */
export interface RecordPort {
  record(request: {
    incidentId: string;
    command: IncidentCommand;
    actor: Actor;
    afterSeq: number;
  }): Promise<RecordReply>;
}

/** Parts of an incident's response other than due work. Each is idempotent. */
export interface ResponsePort {
  startRunbooks(request: { incidentId: string; afterSeq: number }): Promise<RecordReply>;
  draftPostmortem(request: { incidentId: string; afterSeq: number }): Promise<RecordReply>;
  eventsAfter(incidentId: string, afterSeq: number): Promise<IncidentEvent[]>;
}

/** Paging the step of an escalation; `db/escalation` implements it. */
import type { StepRef } from '../domain/incident/state.js';
import type { RecordReply } from './incident.js';

/** Plans a page (people, contacts, times), recorded and leased in one transaction. */
export interface PagingPort {
  page(request: {
    incidentId: string;
    escalation: string;
    due: StepRef;
    afterSeq: number;
  }): Promise<RecordReply & { leases: string[] }>;
  /** Escalates every escalation whose current step has ended without reaching a person; returns the recorded events. */
  escalateDeadSteps(request: { incidentId: string; afterSeq: number }): Promise<RecordReply>;
}

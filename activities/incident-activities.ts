/** The effects of an incident's own workflow. Every answer brings the events since `afterSeq`, so the workflow is up to date. */
import type { IncidentCommand } from '../domain/incident/commands.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { Rung } from '../domain/incident/state.js';
import type { LedgerPort, PagingPort, RecordPort, ResponsePort } from './ports.js';

interface About {
  incidentId: string;
  afterSeq: number;
}

export interface Happened {
  events: IncidentEvent[];
}

/** `nextDueMs`: when the ledger next owes this incident something; null for nothing. */
export interface Sent extends Happened {
  nextDueMs: number | null;
}

export interface IncidentPorts {
  record: RecordPort;
  paging: PagingPort;
  response: ResponsePort;
  ledger: LedgerPort;
  /** Sends leased rows and settles them; never throws for what a provider does. True when one of them was accepted. */
  send: (leases: string[]) => Promise<boolean>;
}

export const createIncidentActivities = ({ record, paging, response, ledger, send }: IncidentPorts) => ({
  /** Plans one rung, records it and makes the first attempts. A repeated call sends nothing twice: the ledger key is taken. */
  async page(request: About & { track: string; due: Rung; reason: string }): Promise<Sent> {
    const paged = await paging.page(request);
    const isReached = await send(paged.leases);
    const nextDueMs = await ledger.nextDueMs(request.incidentId);
    if (isReached || nextDueMs !== null || paged.kind !== 'accepted')
      return { events: paged.events, nextDueMs };
    // Nothing left to try: perhaps nobody was reached, and then the next rung is due now and not after the wait (R5).
    const lastSeq = paged.events.at(-1)?.seq ?? request.afterSeq;
    const dead = await paging.escalateDeadSteps({ incidentId: request.incidentId, afterSeq: lastSeq });
    return { events: [...paged.events, ...dead.events], nextDueMs };
  },

  /** Asks the record to write what a timer found: an expired acknowledgement, a snooze that is over. */
  async note({ incidentId, afterSeq, command }: About & { command: IncidentCommand }): Promise<Happened> {
    const { events } = await record.record({ incidentId, afterSeq, command, actor: 'tocsin' });
    return { events };
  },

  async startRunbooks(about: About): Promise<Happened> {
    const { events } = await response.startRunbooks(about);
    return { events };
  },

  async draftPostmortem(about: About): Promise<Happened> {
    const { events } = await response.draftPostmortem(about);
    return { events };
  },

  async remindReview(request: About & { reminder: number }): Promise<Happened> {
    const { events } = await response.remindReview(request);
    return { events };
  },

  /** For a workflow that noticed a gap in `seq`. */
  async catchUp({ incidentId, afterSeq }: About): Promise<Happened> {
    return { events: await response.eventsAfter(incidentId, afterSeq) };
  },
});

export type IncidentActivities = ReturnType<typeof createIncidentActivities>;

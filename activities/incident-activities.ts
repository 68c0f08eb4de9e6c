/**
 * Activities of the incident workflow: local activities, called by no other workflow. Each names the work that the workflow
 * believes to be due, and the record decides under the row lock (docs/adr/0027). Every result contains the events since
 * `afterSeq`, so the workflow is up to date.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { WaitOver } from '../domain/incident/deadline.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { StepRef } from '../domain/incident/state.js';
import type { LedgerPort } from '../ports/delivery.js';
import type { PagingPort } from '../ports/escalation.js';
import type { RecordPort, ResponsePort } from '../ports/incident.js';

interface About {
  incidentId: string;
  afterSeq: number;
}

export interface Happened {
  events: IncidentEvent[];
}

/** `nextDueMs`: time to this incident's next due delivery; null for none. */
export interface Sent extends Happened {
  nextDueMs: number | null;
}

/** One escalation step of one escalation. */
export interface StepToPage {
  escalation: string;
  due: StepRef;
}

/** The only commands a timer may issue: those that no person decides and that the record refuses before their time. */
const timerCommands: readonly WaitOver['type'][] = ['expire_acknowledgement', 'end_snooze', 'resolve_quiet'];

export interface TimerCommand {
  type: WaitOver['type'];
}

export interface IncidentPorts {
  record: RecordPort;
  paging: PagingPort;
  response: ResponsePort;
  ledger: LedgerPort;
  /** Sends leased rows and settles them; never throws for a provider's response. True when one of them was accepted. */
  send: (leases: string[]) => Promise<boolean>;
}

export const createIncidentActivities = ({ record, paging, response, ledger, send }: IncidentPorts) => ({
  /**
   * Plans one escalation step, records it and makes the first attempts. A repeated call sends nothing twice, because the ledger
   * key exists.
   */
  async page(request: About & StepToPage): Promise<Sent> {
    const paged = await paging.page(request);
    const isReached = await send(paged.leases);
    const nextDueMs = await ledger.nextDueMs(request.incidentId);
    if (isReached || nextDueMs !== null || paged.kind !== 'accepted')
      return { events: paged.events, nextDueMs };
    // Nothing left to try: when no person was reached, the next escalation step is due now instead of after the wait
    // (docs/reliability.md R5).
    const lastSeq = paged.events.at(-1)?.seq ?? request.afterSeq;
    const dead = await paging.escalateDeadSteps({ incidentId: request.incidentId, afterSeq: lastSeq });
    return { events: [...paged.events, ...dead.events], nextDueMs };
  },

  /** Records the end of a wait that a timer found: an expired acknowledgement, an ended snooze. */
  async note({ incidentId, afterSeq, command }: About & { command: TimerCommand }): Promise<Sent> {
    const type = timerCommands.find((one) => one === command.type);
    if (type === undefined)
      throw ApplicationFailure.nonRetryable(
        `${String(command.type)} is no command of a timer`,
        'NotOfATimer',
      );
    const { events } = await record.record({ incidentId, afterSeq, command: { type }, actor: 'tocsin' });
    // Another process may have recorded it before and have continued with the resulting page.
    return { events, nextDueMs: await ledger.nextDueMs(incidentId) };
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

  /** For a workflow that detected a gap in `seq`. */
  async catchUp({ incidentId, afterSeq }: About): Promise<Happened> {
    return { events: await response.eventsAfter(incidentId, afterSeq) };
  },
});

/** Activities of the incident workflow; `worker/activities.ts` assembles `pageSteps` with eager paging. */
export type IncidentActivities = ReturnType<typeof createIncidentActivities> & {
  pageSteps(request: About & { stepRefs: StepToPage[] }): Promise<Sent>;
};

/**
 * Pages several escalation steps concurrently with one result, so that the workflow has one call under way. Returns only after
 * all have ended: a call repeated while one still sends would send it twice.
 */
export async function pageSteps(
  page: (request: About & StepToPage) => Promise<Sent>,
  { stepRefs, ...about }: About & { stepRefs: StepToPage[] },
): Promise<Sent> {
  const ended = await Promise.allSettled(stepRefs.map((stepRef) => page({ ...about, ...stepRef })));
  const sent = ended.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  const events = new Map(sent.flatMap((one) => one.events.map((event) => [event.seq, event])));
  const due = sent.flatMap(({ nextDueMs }) => (nextDueMs === null ? [] : [nextDueMs]));
  return {
    events: [...events.values()].toSorted((a, b) => a.seq - b.seq),
    nextDueMs: due.length === 0 ? null : Math.min(...due),
  };
}

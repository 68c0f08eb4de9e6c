/**
 * The effects of an incident's own workflow: local activities, served to nobody else. Each says what it believes to be due, and the
 * record decides under the row lock (ADR 27). Every answer brings the events since `afterSeq`, so the
 * workflow is up to date.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { WaitOver } from '../domain/incident/deadline.js';
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

/** One rung of one track. */
export interface RungToPage {
  track: string;
  due: Rung;
}

/** All that a timer may ask: what no person decides, and what the record refuses before its time. */
const timerCommands: readonly WaitOver['type'][] = ['expire_acknowledgement', 'end_snooze', 'resolve_quiet'];

export interface TimerCommand {
  type: WaitOver['type'];
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
  async page(request: About & RungToPage): Promise<Sent> {
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
  async note({ incidentId, afterSeq, command }: About & { command: TimerCommand }): Promise<Sent> {
    const type = timerCommands.find((one) => one === command.type);
    if (type === undefined)
      throw ApplicationFailure.nonRetryable(
        `${String(command.type)} is no command of a timer`,
        'NotOfATimer',
      );
    const { events } = await record.record({ incidentId, afterSeq, command: { type }, actor: 'tocsin' });
    // Others may have noted it before, and have gone on to the page that follows from it.
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

  /** For a workflow that noticed a gap in `seq`. */
  async catchUp({ incidentId, afterSeq }: About): Promise<Happened> {
    return { events: await response.eventsAfter(incidentId, afterSeq) };
  },
});

/** What an incident's workflow may call; `pageRungs` is put together where pages get their head start (`worker/main.ts`). */
export type IncidentActivities = ReturnType<typeof createIncidentActivities> & {
  pageRungs(request: About & { rungs: RungToPage[] }): Promise<Sent>;
};

/**
 * Several rungs at the same time with one answer, so that the workflow has one call under way. Ends when all have ended: a
 * call repeated while one of them still sends would send it twice.
 */
export async function pageRungs(
  page: (request: About & RungToPage) => Promise<Sent>,
  { rungs, ...about }: About & { rungs: RungToPage[] },
): Promise<Sent> {
  const ended = await Promise.allSettled(rungs.map((rung) => page({ ...about, ...rung })));
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

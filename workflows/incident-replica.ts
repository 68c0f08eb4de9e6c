/** The workflow's replica of its incident: the fold of the events, updated by signals and by its own activities. */
import { patched, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Happened, Sent } from '../ports/due-work.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import { holderNotice } from '../domain/incident/holder-notice.js';
import { foldEvents } from '../domain/incident/fold.js';
import { isOpenIncident } from '../domain/incident/is-open.js';
import type { IncidentResponse } from '../domain/incident/response.js';
import type { IncidentState } from '../domain/incident/state.js';
import { currentState, eventsOf, happened, type IncidentInput } from './messages.js';
import { plansMessages } from '../steps/registry.js';

/** Beyond this the run continues as new (the server suggests it at 4,096 and terminates the run at 51,200). */
const HISTORY_LIMIT = 2_000;

export class IncidentReplica {
  state: IncidentState;
  readonly response: IncidentResponse;
  /** Workflow time (ms) of the next due delivery; null when none is pending. */
  nextSendAt: number | null = null;
  /** The response names runbooks that are not started: at the beginning, and after each priority change. */
  runbooksDue: boolean;
  /** Events that arrived before their predecessors: an activity that recorded those is about to return. */
  private readonly early = new Map<number, IncidentEvent>();
  private turn: Promise<void> = Promise.resolve();

  constructor(input: IncidentInput) {
    this.response = input.response;
    // A run that continues from a state starts them once more: starting them again is a no-op.
    this.runbooksDue = input.state !== null || input.response.runbooks.length > 0;
    this.state = foldEvents(
      input.incidentId,
      input.state,
      input.state === null ? input.events.slice(0, 1) : [],
    );
    this.apply(input.events);
    // A run that continues from a state queries the ledger once for pending deliveries.
    if (input.state !== null) this.nextSendAt = Date.now();
    setHandler(happened, (message) => this.apply(eventsOf(message)));
    setHandler(currentState, () => this.state);
  }

  /** Folds events in order; repeats are dropped, early ones wait. */
  apply(events: readonly IncidentEvent[]): void {
    for (const event of events) if (event.seq > this.state.seq) this.early.set(event.seq, event);
    for (let event = this.takeNext(); event !== undefined; event = this.takeNext()) {
      this.state = foldEvents(this.state.id, this.state, [event]);
      if (this.mayHaveDueDeliveries(event)) this.nextSendAt = Date.now();
      if (event.kind === 'priority_set') this.runbooksDue = true;
    }
  }

  /**
   * Calls a local activity after the previous one has returned, and folds its events. Two concurrent ones may return separately
   * in the first run and together in a replay; the workflow's commands in between would then come in another order.
   */
  ask(call: (about: IncidentReplica['about']) => Promise<Happened & Partial<Sent>>): Promise<void> {
    const answered = this.turn.then(async () => {
      const { events, nextDueMs = null } = await call(this.about);
      this.hasDue(nextDueMs);
      this.apply(events);
    });
    this.turn = answered.catch(() => {});
    return answered;
  }

  /** Sets the time of the next due delivery, as reported by an activity. An earlier time set by an event stays. */
  hasDue(nextDueMs: number | null): void {
    if (nextDueMs === null) return;
    const at = Date.now() + nextDueMs;
    this.nextSendAt = this.nextSendAt === null ? at : Math.min(this.nextSendAt, at);
  }

  get about(): { incidentId: string; afterSeq: number } {
    return { incidentId: this.state.id, afterSeq: this.state.seq };
  }

  get hasGap(): boolean {
    return this.early.size > 0;
  }

  get isResponding(): boolean {
    return isOpenIncident(this.state);
  }

  get isPaged(): boolean {
    return this.state.escalations.some((escalation) => escalation.phase !== 'to_page');
  }

  get isClosed(): boolean {
    return this.state.status === 'closed';
  }

  get isLong(): boolean {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    return continueAsNewSuggested || historyLength > HISTORY_LIMIT;
  }

  /** Complete input of the next run, so that no received event is lost (docs/reliability.md R9). */
  get continuation(): IncidentInput {
    return {
      incidentId: this.state.id,
      response: this.response,
      state: this.state,
      events: [...this.early.values()],
    };
  }

  /** True when messages were planned in this event's transaction (`db/projections/project-requests.ts`): they are due now. */
  private mayHaveDueDeliveries(event: IncidentEvent): boolean {
    switch (event.kind) {
      case 'approval_requested':
      case 'postmortem_submitted':
      case 'review_overdue':
      case 'update_overdue':
        return true;
      case 'postmortem_edited':
        return this.state.postmortem.status === 'in_review';
      case 'review_decided':
        return event.data.decision === 'delegate';
      case 'step_finished':
        return plansMessages(this.state.runs[event.data.run]?.steps[event.data.step]?.kind);
      default:
        // Older histories, without holder notices, must replay as recorded.
        return holderNotice(event, this.state) !== null && patched('holder-notice');
    }
  }

  private takeNext(): IncidentEvent | undefined {
    const seq = this.state.seq + 1;
    const event = this.early.get(seq);
    this.early.delete(seq);
    return event;
  }
}

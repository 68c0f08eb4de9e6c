/** What a workflow knows of its incident: the fold of the events, kept up to date by signals and by its own activities. */
import { patched, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Happened, Sent } from '../activities/incident-activities.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import { holderNotice } from '../domain/incident/holder-notice.js';
import { foldEvents } from '../domain/incident/fold.js';
import type { IncidentResponse } from '../domain/incident/response.js';
import type { IncidentState } from '../domain/incident/state.js';
import { currentState, eventsOf, happened, type IncidentInput } from './messages.js';

/** Past this the run continues as new (the server suggests it at 4,096; ends it at 51,200). */
const HISTORY_LIMIT = 2_000;

export class Story {
  state: IncidentState;
  readonly response: IncidentResponse;
  /** Workflow time (ms) at which the ledger next owes something; null when nothing is owed. */
  nextSendAt: number | null = null;
  /** The response names runbooks that have not been begun: at the start, and when the priority was set anew. */
  runbooksOwed: boolean;
  /** Events that arrived before the ones in front of them: an activity that recorded those is about to answer. */
  private readonly early = new Map<number, IncidentEvent>();
  private turn: Promise<void> = Promise.resolve();

  constructor(input: IncidentInput) {
    this.response = input.response;
    // A run that goes on from a state asks once: beginning them again is a no-op.
    this.runbooksOwed = input.state !== null || input.response.runbooks.length > 0;
    this.state = foldEvents(
      input.incidentId,
      input.state,
      input.state === null ? input.events.slice(0, 1) : [],
    );
    this.apply(input.events);
    // A run that goes on from a state asks the ledger once what is still owed.
    if (input.state !== null) this.nextSendAt = Date.now();
    setHandler(happened, (message) => this.apply(eventsOf(message)));
    setHandler(currentState, () => this.state);
  }

  /** Folds events in order; repeats are dropped, early ones wait. */
  apply(events: readonly IncidentEvent[]): void {
    for (const event of events) if (event.seq > this.state.seq) this.early.set(event.seq, event);
    for (let event = this.takeNext(); event !== undefined; event = this.takeNext()) {
      this.state = foldEvents(this.state.id, this.state, [event]);
      if (this.owesDeliveries(event)) this.nextSendAt = Date.now();
      if (event.kind === 'priority_set') this.runbooksOwed = true;
    }
  }

  /**
   * Calls a local activity when the one before it has been answered, and folds what it says. Two at once may be answered
   * apart in the first run and together in a replay; what the workflow did in between would then be in another order.
   */
  ask(call: (about: Story['about']) => Promise<Happened & Partial<Sent>>): Promise<void> {
    const answered = this.turn.then(async () => {
      const { events, nextDueMs = null } = await call(this.about);
      this.owes(nextDueMs);
      this.apply(events);
    });
    this.turn = answered.catch(() => {});
    return answered;
  }

  /** Told by an activity: the ledger owes something in so many ms. What an event made due earlier stays. */
  owes(nextDueMs: number | null): void {
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
    return this.state.status === 'triggered' || this.state.status === 'acknowledged';
  }

  get isPaged(): boolean {
    return this.state.tracks.some((track) => track.phase !== 'to_page');
  }

  get isClosed(): boolean {
    return this.state.status === 'closed';
  }

  get isLong(): boolean {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    return continueAsNewSuggested || historyLength > HISTORY_LIMIT;
  }

  /** Everything the next run needs: nothing that was heard is lost (R9). */
  get continuation(): IncidentInput {
    return {
      incidentId: this.state.id,
      response: this.response,
      state: this.state,
      events: [...this.early.values()],
    };
  }

  /** Were messages planned in this event's transaction (`db/requests.ts`)? Then they are due now. */
  private owesDeliveries(event: IncidentEvent): boolean {
    switch (event.kind) {
      case 'approval_requested':
      case 'postmortem_submitted':
      case 'review_overdue':
        return true;
      case 'postmortem_edited':
        return this.state.postmortem.status === 'in_review';
      case 'review_decided':
        return event.data.decision === 'delegate';
      case 'step_finished':
        return this.state.runs[event.data.run]?.steps[event.data.step]?.kind === 'notify';
      default:
        // Histories from before whoever has it was told go on as they were recorded.
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

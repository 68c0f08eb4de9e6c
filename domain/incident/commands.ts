/** What can be asked of an incident. The API, link pages, timers and workflow activities all ask through `record`. */
import type { Priority, Severity } from '../config/specs.js';
import type { RunState, StepKind, StepState } from '../runbook/definition.js';
import type { EngagedTrack, IncidentFact } from './events.js';
import type { Actor, ReviewDecision, ReviewGroup, Rung } from './state.js';

/** Another priority with everything that it sets in motion. */
export interface PriorityWeight {
  priority: Priority;
  reasons: string[];
  /** The person whose priority it is; null for the rules. */
  by: string | null;
  engaged: EngagedTrack[];
  ackTimeoutMs: number;
  /** The new priority wakes people, the one before did not (urgency low to high). */
  wakes?: boolean;
}

export type ResponseCommand =
  /** `teams`: of this person; looked up under the row lock, whoever asks. */
  | { type: 'acknowledge'; person: string; teams?: string[] }
  | { type: 'expire_acknowledgement' }
  /** Escalation starts with `to`, or at `step`, by default the first. */
  | { type: 'unacknowledge'; reason: string | null; step?: number; to?: string }
  | { type: 'escalate'; step: number | null; track: string | null; reason: string }
  | { type: 'decline'; person: string; comment: string | null }
  /** Deleted, or of a role that answers no incidents: what they have is given back, what is asked of them alone goes on. */
  | { type: 'person_left'; person: string; reason: string }
  | { type: 'snooze'; until: string }
  | { type: 'end_snooze' }
  | { type: 'resolve'; comment: string | null; because: 'person' | 'drill' }
  /** The quiet time after all alerts have closed is over. */
  | { type: 'resolve_quiet' }
  | { type: 'reopen'; reason: string | null }
  | { type: 'note'; text: string }
  | ({ type: 'set_priority' } & PriorityWeight)
  | { type: 'assign_role'; role: string; person: string }
  /** `drill`: that of the incident it is merged into. */
  | { type: 'merge'; into: string; number: string; drill: string | null }
  /** `weight`: the other one's priority is higher. `unowned`: nobody has the other one. */
  | {
      type: 'absorb';
      incident: string;
      number: string;
      alertsOpen: number;
      alertsTotal: number;
      unowned?: boolean;
      weight?: PriorityWeight | null;
    }
  /** Every contact of the rung has failed: go on at once instead of waiting it out. */
  | { type: 'leave_step'; track: string; rung: Rung; reason: string }
  | { type: 'finish_diagnostic'; name: string; ok: boolean; summary: string; output: string; ms: number }
  /** Rungs passed over (nobody, condition false) and then the rung paged; `catchAll` when no rung was left. */
  | {
      type: 'page';
      track: string;
      /** The rung that the asker believes is due; a stale one is refused. */
      due: Rung;
      reason: string;
      skipped: (Rung & { reason: string })[];
      paged:
        | (Rung & {
            people: string[];
            everyone: boolean;
            deliveries: number;
            nextAt: string | null;
            catchAll: boolean;
            breakGlass?: boolean;
            unreached?: string;
          })
        | null;
    };

export type AlertCommand =
  /**
   * `weight`: the priority that this alert by itself would have, when it is higher than the incident's. `folded`: a storm or a drill
   * takes it, and no condition of this incident has come back.
   */
  | {
      type: 'join_alert';
      alert: string;
      title: string;
      severity: Severity;
      folded?: boolean;
      weight?: PriorityWeight | null;
    }
  | { type: 'close_alert'; alert: string; title: string };

export type RunCommand =
  | {
      type: 'start_run';
      run: string;
      runbook: string;
      revision: number;
      dryRun: boolean;
      steps: { id: string; kind: StepKind; title?: string }[];
    }
  | { type: 'wait_for_step'; run: string; step: string; execution: number }
  | {
      type: 'request_approval';
      run: string;
      step: string;
      execution: number;
      approval: string;
      message: string;
      from: string[];
      min: number;
      twoPerson: boolean;
      digest: string;
      expiresAt: string | null;
      people: string[];
      /** Who wrote what runs. */
      authors?: Actor[];
    }
  /** `entitled`: may this person answer (roles looked up by the caller inside the transaction). */
  | {
      type: 'decide_approval';
      run: string;
      step: string;
      person: string;
      decision: 'approve' | 'reject';
      comment: string | null;
      digest: string | null;
      entitled: boolean;
      /** Is among those who wrote what runs. */
      isAuthor?: boolean;
    }
  | { type: 'expire_approval'; run: string; step: string; execution: number }
  | { type: 'complete_step'; run: string; step: string; person: string; comment: string | null }
  | { type: 'skip_step'; run: string; step: string; person: string; reason: string }
  | { type: 'retry_step'; run: string; step: string; person: string }
  | { type: 'finish_step'; run: string; step: string; execution: number; state: StepState; text: string }
  | { type: 'cancel_run'; run: string; reason: string | null }
  | { type: 'finish_run'; run: string; state: RunState };

export type ReviewCommand =
  | {
      type: 'draft_postmortem';
      kind: 'full' | 'light';
      due: string;
      quorum: { participants: number; stakeholders: number };
    }
  | { type: 'edit_postmortem'; sections: string[] }
  | {
      type: 'submit_postmortem';
      author: string;
      missing: string[];
      reviewers: { person: string; group: ReviewGroup }[];
      due: string;
    }
  | {
      type: 'decide_review';
      person: string;
      decision: ReviewDecision;
      comment: string | null;
      to: string | null;
      /** The revision that the reviewer read; a decision about an older text is refused. */
      revision?: number;
    }
  | { type: 'remind_review'; reminder: number; people: string[] }
  | { type: 'waive_postmortem'; reason: string };

export type IncidentCommand = ResponseCommand | AlertCommand | RunCommand | ReviewCommand;

/** Who asks, and when. `now` is ISO 8601 on database time. */
export interface Asking {
  actor: Actor;
  now: string;
  /** The person for whom a key asks. */
  onBehalfOf?: string | undefined;
  /** A request or a text of somebody who shows no state that they saw: it may have been sent twice, or crossed another's. */
  unseen?: boolean | undefined;
  /** Where the incident stood when it was decided (`positionOf`); left out where that is not known. */
  seen?: string | undefined;
}

/** `unchanged`: the wish is already true; nothing is recorded. `refused`: 409 with what is true now. */
export type Decision =
  | { kind: 'accepted'; facts: IncidentFact[] }
  | { kind: 'unchanged' }
  | { kind: 'refused'; code: string; detail: string };

export const accepted = (...facts: IncidentFact[]): Decision => ({ kind: 'accepted', facts });
export const unchanged: Decision = { kind: 'unchanged' };
export const refused = (code: string, detail: string): Decision => ({ kind: 'refused', code, detail });

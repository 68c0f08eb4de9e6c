/** All commands on an incident. The API, link pages, timers and workflow activities all issue them through `record`. */
import type { GroupPage } from '../alert/group-spec.js';
import type { Priority, Severity } from '../config/terms.js';
import type { StepKind } from '../../steps/registry.js';
import type { OwnReviewKind, PlannedReview } from '../postmortem/review-kind.js';
import type { RunState, StepState } from '../runbook/definition.js';
import type { EngagedEscalation, IncidentFact } from './events.js';
import type { Actor, ReviewDecision, ReviewGroup, StepRef } from './state.js';

/** A priority change with all its consequences. */
export interface PriorityWeight {
  priority: Priority;
  reasons: string[];
  /** The person who set the priority; null for the rules. */
  by: string | null;
  engaged: EngagedEscalation[];
  ackTimeoutMs: number;
  /** The new priority wakes people and the previous one did not (urgency low to high). */
  wakes?: boolean;
  /** What the plan of this priority says about the review. */
  postmortem?: PlannedReview;
  /** Its `updates.every`; 0: none. */
  updatesEveryMs?: number;
}

export type ResponseCommand =
  /** `teams`: the person's teams, looked up under the row lock for every caller. */
  | { type: 'acknowledge'; person: string; teams?: string[] }
  | { type: 'expire_acknowledgement' }
  /** Escalation restarts with `to`, or at `step`, by default the first. */
  | { type: 'unacknowledge'; reason: string | null; step?: number; to?: string }
  | { type: 'escalate'; step: number | null; escalation: string | null; reason: string }
  | { type: 'decline'; person: string; comment: string | null }
  /**
   * The person was deleted or now has a role that answers no incidents: their incident is unacknowledged, and steps that page
   * only them continue.
   */
  | { type: 'person_left'; person: string; reason: string }
  | { type: 'snooze'; until: string }
  | { type: 'end_snooze' }
  | { type: 'resolve'; comment: string | null; because: 'person' | 'drill' }
  /** The quiet time after all alerts closed is over. */
  | { type: 'resolve_quiet' }
  /** An update is overdue; `people`: who is told. */
  | { type: 'remind_update'; reminder: number; people: string[] }
  | { type: 'reopen'; reason: string | null }
  | { type: 'note'; text: string }
  | ({ type: 'set_priority' } & PriorityWeight)
  | { type: 'assign_role'; role: string; person: string }
  /** `drill`: the drill run of the incident that it is merged into. */
  | { type: 'merge'; into: string; number: string; drill: string | null }
  /** `weight`: the merged incident's priority is higher. `unowned`: the merged incident has no holder. */
  | {
      type: 'absorb';
      incident: string;
      number: string;
      alertsOpen: number;
      alertsTotal: number;
      unowned?: boolean;
      weight?: PriorityWeight | null;
    }
  /** Every contact of the escalation step has failed: continue at once instead of waiting. */
  | { type: 'leave_step'; escalation: string; stepRef: StepRef; reason: string }
  | { type: 'finish_diagnostic'; name: string; ok: boolean; summary: string; output: string; ms: number }
  /** The steps skipped (no person, condition false) and then the escalation step paged; `catchAll` when no step was left. */
  | {
      type: 'page';
      escalation: string;
      /** The escalation step that the caller believes is due; a stale one is refused. */
      due: StepRef;
      reason: string;
      skipped: (StepRef & { reason: string })[];
      paged:
        | (StepRef & {
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
   * `weight`: the alert's own priority, when it is higher than the incident's. `folded`: a group, a storm or a drill takes the alert,
   * and no condition of this incident has returned. `page`: the group's; left out: `higher`. `movedFrom`: the number of the incident
   * from which a person moved it.
   */
  | {
      type: 'join_alert';
      alert: string;
      title: string;
      severity: Severity;
      folded?: boolean;
      page?: GroupPage;
      movedFrom?: string;
      weight?: PriorityWeight | null;
    }
  /** A person moves an open alert to another incident (`into`), or splits it off into one of its own. */
  | { type: 'release_alert'; alert: string; title: string; into: string; isNew: boolean }
  /** `because`: its sender did not say so. */
  | { type: 'close_alert'; alert: string; title: string; because?: string };

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
      /** Authors of the runbook revisions that the run executes. */
      authors?: Actor[];
    }
  /** `entitled`: this person may answer (the caller looks up roles inside the transaction). */
  | {
      type: 'decide_approval';
      run: string;
      step: string;
      person: string;
      decision: 'approve' | 'reject';
      comment: string | null;
      digest: string | null;
      entitled: boolean;
      /** The person is among the authors of the executed revisions. */
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
  | { type: 'draft_postmortem'; due: string }
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
  | { type: 'waive_postmortem'; reason: string }
  /** `resolvedAt`: the resolution that the list showed. `comment`: the sentence about the whole digest. */
  | { type: 'approve_in_digest'; digest: string; person: string; resolvedAt: string; comment: string }
  /** Out of the digest, into a post-mortem of its own. `digest`: the open one that lists it. */
  | { type: 'pull_out'; kind: OwnReviewKind; reason: string; digest: string | null };

export type IncidentCommand = ResponseCommand | AlertCommand | RunCommand | ReviewCommand;

/** Actor and time of a command. `now` is ISO 8601 on database time. */
export interface CommandContext {
  actor: Actor;
  now: string;
  /** The person that an API key acts for. */
  onBehalfOf?: string | undefined;
  /** A request or text message without the state its sender saw: it may be a duplicate, or may have crossed another command. */
  unseen?: boolean | undefined;
  /** The incident's position when the sender decided (`positionOf`); omitted when unknown. */
  seen?: string | undefined;
}

/** `unchanged`: the command is already true; nothing is recorded. `refused`: 409 with the current state. */
export type Decision =
  | { kind: 'accepted'; facts: IncidentFact[] }
  | { kind: 'unchanged' }
  | { kind: 'refused'; code: string; detail: string };

export const accepted = (...facts: IncidentFact[]): Decision => ({ kind: 'accepted', facts });
export const unchanged: Decision = { kind: 'unchanged' };
export const refused = (code: string, detail: string): Decision => ({ kind: 'refused', code, detail });

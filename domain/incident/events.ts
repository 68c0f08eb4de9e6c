/** All incident events. One row of `incident_event` each; data of at most 8 KiB; never changed. */
import type { Priority, Severity } from '../config/terms.js';
import type { StepKind } from '../../steps/registry.js';
import type { OwnReviewKind, PlannedReview, ReviewKind, ReviewQuorum } from '../postmortem/review-kind.js';
import type { RunState, StepState } from '../runbook/definition.js';
import type { Actor, ReviewDecision, ReviewGroup, StepRef } from './state.js';

export interface EngagedEscalation {
  name: string;
  team: string;
  discipline: string;
  required: boolean;
  steps: number;
  repeat: number;
}

/** `title`: the step's own title, if it has one. */
interface StepOfRun {
  run: string;
  step: string;
  title?: string;
}

export type IncidentFact =
  | {
      kind: 'opened';
      data: {
        number: string;
        title: string;
        service: string | null;
        team: string;
        severity: Severity;
        priority: Priority;
        priorityReasons: string[];
        drill: string | null;
        escalations: EngagedEscalation[];
        ackTimeoutMs: number;
        alert: string | null;
        /** The plan's `resolve.quiet`; absent: 30 minutes. */
        quietMs?: number;
        /** The plan's `updates.every`; absent: none. */
        updatesEveryMs?: number;
        postmortem: PlannedReview;
      };
    }
  | {
      kind: 'alert_joined';
      data: { alert: string; title: string; severity: Severity; folded?: boolean; movedFrom?: string };
    }
  /** A person moved it to the incident `into`; `isNew`: split it off into that incident of its own. */
  | { kind: 'alert_moved'; data: { alert: string; title: string; into: string; isNew: boolean } }
  /** `because`: it was closed without a word of its sender. */
  | { kind: 'alert_closed'; data: { alert: string; title: string; because?: string } }
  | {
      kind: 'priority_set';
      data: {
        priority: Priority;
        reasons: string[];
        by: string | null;
        engaged: EngagedEscalation[];
        ackTimeoutMs: number;
        /** The new priority wakes people and the previous one did not: unacknowledged escalations are paged again. */
        startsOver?: boolean;
        /** The lower priority before the change. */
        raisedFrom?: Priority;
        /** What the plan of the new priority says. Absent in events stored before the kind of review followed the priority. */
        postmortem?: PlannedReview;
        /** The incident was resolved already, and is reviewed more heavily now. */
        review?: ReviewKind;
        /** The `updates.every` of the new priority's plan; 0: none. Absent: as before. */
        updatesEveryMs?: number;
      };
    }
  | {
      kind: 'paged';
      data: StepRef & {
        escalation: string;
        people: string[];
        everyone: boolean;
        deliveries: number;
        nextAt: string | null;
        catchAll: boolean;
        /** The break-glass pager sent the page because it was overdue. */
        breakGlass?: boolean;
        /** Further targets of the step that reach no person, in words. */
        unreached?: string;
      };
    }
  | { kind: 'step_skipped'; data: StepRef & { escalation: string; reason: string } }
  /** `to`: the person that step 0 pages. */
  | { kind: 'escalated'; data: StepRef & { escalation: string; reason: string; to?: string } }
  | { kind: 'exhausted'; data: { escalation: string; catchAll: string[] } }
  | {
      kind: 'acknowledged';
      data: {
        person: string;
        /** Names of the escalations that this acknowledgement completes. */
        answered: string[];
        expiresAt: string | null;
        /** Acknowledged before: all people of a step had acknowledged at an earlier step. */
        earlier?: boolean;
        /** The person's teams; absent for alert senders, which have none. */
        teams?: string[];
        /** The person becomes commander. Absent in events stored before `decide` stated it. */
        becomesCommander?: boolean;
      };
    }
  | { kind: 'acknowledgement_expired'; data: Record<string, never> }
  /** `stopsBeingCommander`: the actor is commander no longer. Absent in events stored before `decide` stated it. */
  | { kind: 'unacknowledged'; data: { reason: string | null; stopsBeingCommander?: boolean } }
  | { kind: 'declined'; data: { person: string; escalation: string; comment: string | null } }
  /** The person was deleted, or has a role that answers no incidents. */
  | { kind: 'responder_left'; data: { person: string; reason: string } }
  | { kind: 'snoozed'; data: { until: string } }
  | { kind: 'snooze_ended'; data: Record<string, never> }
  | {
      kind: 'resolved';
      data: {
        comment: string | null;
        /** `quiet`: a person held it, nothing has fired since the alerts closed, and no person objected. */
        because: 'person' | 'alerts_closed' | 'drill' | 'quiet';
        /** Number of alerts that still fired; they are closed with the incident. */
        stillFiring?: number;
        /** How it is reviewed. Absent in events stored before this was decided with the command. */
        review?: ReviewKind;
      };
    }
  /** `resolvesAt`: when it resolves automatically. */
  | { kind: 'resolution_proposed'; data: { reason: string; resolvesAt?: string } }
  /** The update was due at `due` and nobody has written one. */
  | { kind: 'update_overdue'; data: { reminder: number; people: string[]; due: string } }
  | { kind: 'reopened'; data: { reason: string | null } }
  | { kind: 'noted'; data: { text: string } }
  | { kind: 'role_assigned'; data: { role: string; person: string } }
  | { kind: 'merged'; data: { into: string; number: string } }
  | {
      kind: 'merged_from';
      data: { incident: string; number: string; alertsOpen: number; alertsTotal: number };
    }
  | {
      kind: 'diagnostic_finished';
      data: { name: string; ok: boolean; summary: string; output: string; ms: number };
    }
  | {
      kind: 'runbook_started';
      data: {
        run: string;
        runbook: string;
        revision: number;
        dryRun: boolean;
        steps: { id: string; kind: StepKind; title?: string }[];
      };
    }
  | { kind: 'step_waiting'; data: StepOfRun & { execution: number } }
  | {
      kind: 'approval_requested';
      data: StepOfRun & {
        execution: number;
        approval: string;
        message: string;
        from: string[];
        min: number;
        twoPerson: boolean;
        digest: string;
        expiresAt: string | null;
        people: string[];
      };
    }
  | {
      kind: 'approval_decided';
      data: StepOfRun & {
        approval: string;
        person: string;
        decision: 'approve' | 'reject';
        comment: string | null;
        outcome: 'pending' | 'approved' | 'rejected';
      };
    }
  | { kind: 'approval_expired'; data: StepOfRun & { approval: string } }
  | { kind: 'step_retried'; data: StepOfRun }
  | {
      kind: 'step_finished';
      data: StepOfRun & {
        execution: number;
        state: StepState;
        text: string;
        by: string | null;
      };
    }
  | { kind: 'run_cancel_requested'; data: { run: string; reason: string | null } }
  | { kind: 'runbook_finished'; data: { run: string; runbook: string; state: RunState } }
  | {
      kind: 'postmortem_drafted';
      data: { kind: OwnReviewKind; due: string; quorum: ReviewQuorum };
    }
  | { kind: 'postmortem_edited'; data: { revision: number; sections: string[] } }
  | {
      kind: 'postmortem_submitted';
      data: {
        revision: number;
        author: string;
        reviewers: { person: string; group: ReviewGroup }[];
        due: string;
      };
    }
  | {
      kind: 'review_decided';
      data: {
        person: string;
        group: ReviewGroup;
        decision: ReviewDecision;
        comment: string | null;
        to: string | null;
        revision: number;
      };
    }
  | { kind: 'review_overdue'; data: { reminder: number; people: string[] } }
  | { kind: 'pulled_out'; data: { kind: OwnReviewKind; reason: string; digest: string | null } }
  /** With `digest`: as one of its incidents, by `person`, with the sentence about all of them. */
  | {
      kind: 'postmortem_approved';
      data: { revision: number; digest?: string; person?: string; comment?: string };
    }
  /** `plan`: the response plan that says so, with its reason; else a person signed it. */
  | { kind: 'postmortem_waived'; data: { reason: string; plan?: string } }
  | { kind: 'closed'; data: { because: 'approved' | 'waived' | 'merged' } };

export type IncidentEventKind = IncidentFact['kind'];

/** `onBehalfOf`: the person that an API key named; the actor is the key. */
export type IncidentEvent = IncidentFact & { seq: number; at: string; actor: Actor; onBehalfOf?: string };

export type FactData<K extends IncidentEventKind> = Extract<IncidentFact, { kind: K }>['data'];

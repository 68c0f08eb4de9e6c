/** Everything that can have happened to an incident. One row of `incident_event` each; at most 4 KB; never changed. */
import type { Priority, Severity } from '../config/specs.js';
import type { RunState, StepKind, StepState } from '../runbook/definition.js';
import type { Actor, ReviewDecision, ReviewGroup, Rung } from './state.js';

export interface EngagedTrack {
  name: string;
  team: string;
  discipline: string;
  required: boolean;
  steps: number;
  repeat: number;
}

/** What happened, without who, when and in which order. */
/** `title`: what the step is called, where it has words of its own. */
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
        tracks: EngagedTrack[];
        ackTimeoutMs: number;
        alert: string | null;
        /** The plan's `resolve.quiet`; absent: 30 minutes. */
        quietMs?: number;
        postmortem: { kind: 'full' | 'light'; quorum: { participants: number; stakeholders: number } };
      };
    }
  | { kind: 'alert_joined'; data: { alert: string; title: string; severity: Severity; folded?: boolean } }
  | { kind: 'alert_closed'; data: { alert: string; title: string } }
  | {
      kind: 'priority_set';
      data: {
        priority: Priority;
        reasons: string[];
        by: string | null;
        engaged: EngagedTrack[];
        ackTimeoutMs: number;
        /** It wakes people whom the priority before let sleep: what nobody has answered is paged anew. */
        startsOver?: boolean;
        /** The lower priority that it had. */
        raisedFrom?: Priority;
      };
    }
  | {
      kind: 'paged';
      data: Rung & {
        track: string;
        people: string[];
        everyone: boolean;
        deliveries: number;
        nextAt: string | null;
        catchAll: boolean;
        /** Nobody conducted: the break-glass pager found it owed and late. */
        breakGlass?: boolean;
        /** What the step names besides and reaches nobody by, in words. */
        unreached?: string;
      };
    }
  | { kind: 'step_skipped'; data: Rung & { track: string; reason: string } }
  /** `to`: the person whom step 0 asks. */
  | { kind: 'escalated'; data: Rung & { track: string; reason: string; to?: string } }
  | { kind: 'exhausted'; data: { track: string; catchAll: string[] } }
  | {
      kind: 'acknowledged';
      data: {
        person: string;
        /** Names of the tracks that this answers. */
        answered: string[];
        expiresAt: string | null;
        /** Given before: all whom a step waits for had answered at an earlier one. */
        earlier?: boolean;
        /** The person's teams; absent for senders of alerts, who have none. */
        teams?: string[];
      };
    }
  | { kind: 'acknowledgement_expired'; data: Record<string, never> }
  | { kind: 'unacknowledged'; data: { reason: string | null } }
  | { kind: 'declined'; data: { person: string; track: string; comment: string | null } }
  /** They were deleted, or have a role that answers no incidents. */
  | { kind: 'responder_left'; data: { person: string; reason: string } }
  | { kind: 'snoozed'; data: { until: string } }
  | { kind: 'snooze_ended'; data: Record<string, never> }
  | {
      kind: 'resolved';
      data: {
        comment: string | null;
        /** `quiet`: somebody had it, nothing has fired since the alerts closed, and nobody said otherwise. */
        because: 'person' | 'alerts_closed' | 'drill' | 'quiet';
        /** Alerts that still fired; they are closed with it. */
        stillFiring?: number;
      };
    }
  /** `resolvesAt`: when it resolves by itself. */
  | { kind: 'resolution_proposed'; data: { reason: string; resolvesAt?: string } }
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
      data: { kind: 'full' | 'light'; due: string; quorum: { participants: number; stakeholders: number } };
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
  | { kind: 'postmortem_approved'; data: { revision: number } }
  | { kind: 'postmortem_waived'; data: { reason: string } }
  | { kind: 'closed'; data: { because: 'approved' | 'waived' | 'merged' } };

export type IncidentEventKind = IncidentFact['kind'];

/** `onBehalfOf`: the person whom a key named; the actor is the key. */
export type IncidentEvent = IncidentFact & { seq: number; at: string; actor: Actor; onBehalfOf?: string };

/** The data of one kind of event. */
export type FactData<K extends IncidentEventKind> = Extract<IncidentFact, { kind: K }>['data'];

/** The state of one incident: the fold of its events, JSON-safe, shared by the database row and the workflow. */
import type { Priority, Severity } from '../config/terms.js';
import type { StepKind } from '../../steps/registry.js';
import type { PlannedReview, ReviewKind } from '../postmortem/review-kind.js';
import type { RunState, StepState } from '../runbook/definition.js';

export type IncidentStatus = 'triggered' | 'acknowledged' | 'resolved' | 'closed';

/** `ana` (a person's name), `source:prometheus`, `key:<id>`, `admin-token` or `tocsin` (the engine itself). */
export type Actor = string;

/**
 * Reference to a step of an escalation. `step` counts from 1; the one after the last is the organisation's catch-all, and 0 is a
 * person to whom the incident was reassigned by name. `cycle` counts from 0.
 */
export interface StepRef {
  cycle: number;
  step: number;
}

/**
 * One team's escalation along its policy. `to_page`: a page of the escalation step is due; `waiting`: paged, the wait runs until
 * `nextAt`; `answered`: acknowledged; `exhausted`: catch-all paged or no person left; `stopped`: unacknowledged, but nothing
 * fires any more, so no page is sent until something fires again or a person engages the team.
 */
export interface EscalationState extends StepRef {
  name: string;
  team: string;
  discipline: string;
  required: boolean;
  steps: number;
  repeat: number;
  phase: 'to_page' | 'waiting' | 'answered' | 'exhausted' | 'stopped';
  nextAt: string | null;
  /**
   * When the step that was paged last passes on to the next one, counted from its first page while the alert comes and goes
   * (`flapping.ts`); null, absent: nobody waits for an answer.
   */
  passesOnAt?: string | null;
  // Optional fields are absent in data written before the field existed: rows, and states that workflows continue with.
  /** Time of the last escalation to another step, by a person or by the clock. */
  escalatedAt?: string;
  /** The last escalation happened because no one acknowledged in time, not by a person. */
  escalatedByClock?: boolean;
  /** The person that step 0 pages: the incident was reassigned to them by name. */
  named?: string | null;
  /** The people of the current step; empty until it is paged. */
  paged?: string[];
  /** With `ack: everyone`: the people of the step without an acknowledgement. */
  awaiting: string[];
  /** Time of each person's last "can't take it". */
  declinedAt?: Record<string, string>;
  /** People who acknowledged since this escalation began or restarted; they are not paged again. */
  answers?: string[];
}

export interface Responder {
  person: string;
  team: string;
  discipline: string;
  required: boolean;
  pagedAt: string | null;
  acknowledgedAt: string | null;
}

export interface ApprovalState {
  id: string;
  message: string;
  from: string[];
  min: number;
  twoPerson: boolean;
  digest: string;
  expiresAt: string | null;
  decisions: { person: string; decision: 'approve' | 'reject'; comment: string | null; at: string }[];
  outcome: 'pending' | 'approved' | 'rejected' | 'expired';
}

export interface RunStepState {
  kind: StepKind;
  /** The step's title for sentences; when left out, its id is shown. */
  title?: string;
  state: StepState;
  /** Number of times the step was started: `goto`, a retry and a repeated approval request start it again. 0: never. */
  execution: number;
  approval: ApprovalState | null;
  /** A person's request on a waiting step, which the workflow executes next. */
  requested: 'retry' | null;
}

export interface RunSummary {
  id: string;
  runbook: string;
  revision: number;
  state: RunState;
  startedBy: Actor;
  /** The person for whom an API key started it. */
  onBehalfOf?: string;
  dryRun: boolean;
  cancelRequested: boolean;
  steps: Record<string, RunStepState>;
}

export type PostmortemStatus = 'none' | 'draft' | 'in_review' | 'changes_requested' | 'approved' | 'waived';
export type ReviewGroup = 'participants' | 'stakeholders';
export type ReviewDecision = 'approve' | 'request_changes' | 'delegate' | 'decline';

export interface ReviewState {
  person: string;
  group: ReviewGroup;
  decision: ReviewDecision | 'pending';
  comment: string | null;
  /** Text revision that the decision was about; approvals of an earlier one are void. */
  revision: number;
  at: string | null;
}

export interface PostmortemState {
  status: PostmortemStatus;
  /** While the incident is open: what the plan says; decided when it is resolved. */
  kind: ReviewKind;
  /** What the plan of the priority in force says; absent: `kind` and `quorum`, in data written before kinds could change. */
  planned?: PlannedReview;
  /** The deadline counts from here, not from the resolution: the review became heavier afterwards. */
  since?: string;
  revision: number;
  author: string | null;
  due: string | null;
  quorum: { participants: number; stakeholders: number };
  reviews: ReviewState[];
  /** Number of times an overdue review has been escalated. */
  reminders: number;
}

/** Updates that the plan asks for while somebody has the incident (`owed-updates.ts`). */
export interface OwedUpdates {
  /** The plan's `updates.every`; 0: none is asked for. */
  everyMs: number;
  /** The clock runs from here; null while no update is owed. */
  since: string | null;
  /** Reminders since then. */
  reminders: number;
}

export interface IncidentState {
  id: string;
  seq: number;
  number: string;
  title: string;
  service: string | null;
  team: string;
  severity: Severity;
  priority: Priority;
  priorityReasons: string[];
  /** The person whose priority overrides the rules, or null while the rules decide. */
  priorityBy: string | null;
  status: IncidentStatus;
  /** Drill run id, or null for a real incident. */
  drill: string | null;
  /** A person, never a source. */
  commander: string | null;
  roles: Record<string, string>;
  responders: Responder[];
  escalations: EscalationState[];
  ackTimeoutMs: number;
  ackExpiresAt: string | null;
  snoozedUntil: string | null;
  snoozedBy?: Actor | null;
  alertsOpen: number;
  alertsTotal: number;
  /** Alerts that still fired when a person resolved the incident; their next message reopens it. */
  firedWhenResolved?: number;
  /** All alerts have closed while a person holds the incident: the holder was asked to resolve it. */
  resolutionProposed: boolean;
  /** With `resolutionProposed`: when it resolves automatically. Until something fires again no timer pages anybody. */
  resolvesAt?: string | null;
  /** The plan's `resolve.quiet`. */
  quietMs?: number;
  /** Absent: the plan has never asked for updates. */
  updates?: OwedUpdates;
  runs: Record<string, RunSummary>;
  postmortem: PostmortemState;
  mergedInto: string | null;
  createdAt: string;
  /** Time at which an alert reopened it; the settle time starts there. Absent: from `createdAt`. */
  settlesFrom?: string;
  /** Time at which an alert that its source had resolved reopened it; null: a person had resolved it. */
  returnedAt?: string | null;
  /** Time of the last page of an escalation step. */
  lastPagedAt?: string;
  /** Earliest time of the next page while an alert comes and goes (`flapping.ts`). */
  pagesFrom?: string | null;
  acknowledgedAt: string | null;
  acknowledgedBy: string | null;
  /** The API key that acknowledged for `acknowledgedBy`, who has not acknowledged personally. */
  acknowledgedVia?: Actor | null;
  resolvedAt: string | null;
  resolvedBy: Actor | null;
  closedAt: string | null;
}

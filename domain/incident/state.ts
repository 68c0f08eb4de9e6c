/** The state of one incident: the fold of its events, JSON-safe, shared by the database row and the workflow. */
import type { Priority, Severity } from '../config/specs.js';
import type { RunState, StepKind, StepState } from '../runbook/definition.js';

export type IncidentStatus = 'triggered' | 'acknowledged' | 'resolved' | 'closed';

/** `ana` (a person's name), `source:prometheus`, `key:<id>`, `admin-token` or `tocsin` (the engine itself). */
export type Actor = string;

/**
 * A rung of a track. `step` counts from 1, as people do; the one after the last is the organisation's catch-all, 0 a person
 * to whom it was handed by name. `cycle` counts from 0.
 */
export interface Rung {
  cycle: number;
  step: number;
}

/**
 * One team on its way up its own policy. `to_page`: `rung` is owed a page; `waiting`: paged, the wait runs until `nextAt`;
 * `answered`: acknowledged; `exhausted`: catch-all paged or nobody left; `stopped`: unanswered, but nothing fires any more, so
 * nobody is asked until something fires again or a person asks for the team.
 */
export interface TrackState extends Rung {
  name: string;
  team: string;
  discipline: string;
  required: boolean;
  steps: number;
  repeat: number;
  phase: 'to_page' | 'waiting' | 'answered' | 'exhausted' | 'stopped';
  nextAt: string | null;
  // The optional ones are absent in what was written before they were kept: rows, and states that workflows carry on with.
  /** When it was last sent on to another step, by a person or because nobody answered. */
  escalatedAt?: string;
  /** Because nobody answered, and not by a person. */
  escalatedByClock?: boolean;
  /** Whom step 0 asks: the incident was handed to them by name. */
  named?: string | null;
  /** The people of the current step; empty until it is paged. */
  asked?: string[];
  /** With `ack: everyone`: those of them who have not answered yet. */
  awaiting: string[];
  /** When somebody last said that they can't take it, by person. */
  declinedAt?: Record<string, string>;
  /** Who has answered since this track began, or began anew: they are told no more. */
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
  /** What it is called in sentences; left out: its id. */
  title?: string;
  state: StepState;
  /** How often the step was begun: `goto`, a retry and asking again begin it anew. 0: never. */
  execution: number;
  approval: ApprovalState | null;
  /** Set by people on a step that waits: what the workflow is to do next. */
  asked: 'retry' | null;
}

export interface RunSummary {
  id: string;
  runbook: string;
  revision: number;
  state: RunState;
  startedBy: Actor;
  /** The person for whom a key started it. */
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
  /** Revision of the text that the decision was about; approvals of an earlier one are void. */
  revision: number;
  at: string | null;
}

export interface PostmortemState {
  status: PostmortemStatus;
  kind: 'full' | 'light';
  revision: number;
  author: string | null;
  due: string | null;
  quorum: { participants: number; stakeholders: number };
  reviews: ReviewState[];
  /** How often an overdue review has been escalated. */
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
  /** The person whose priority stays, or null while the rules decide. */
  priorityBy: string | null;
  status: IncidentStatus;
  /** Drill run id, or null for a real incident. */
  drill: string | null;
  /** A person, never a source. */
  commander: string | null;
  roles: Record<string, string>;
  responders: Responder[];
  tracks: TrackState[];
  ackTimeoutMs: number;
  ackExpiresAt: string | null;
  snoozedUntil: string | null;
  snoozedBy?: Actor | null;
  alertsOpen: number;
  alertsTotal: number;
  /** Alerts that still fired when a person resolved it; their next message opens it again. */
  firedWhenResolved?: number;
  /** All alerts have closed while somebody has it: they were asked to resolve it. */
  resolutionProposed: boolean;
  /** With `resolutionProposed`: when it resolves by itself. Until something fires again nothing is paged by a timer. */
  resolvesAt?: string | null;
  /** The plan's `resolve.quiet`. */
  quietMs?: number;
  runs: Record<string, RunSummary>;
  postmortem: PostmortemState;
  mergedInto: string | null;
  createdAt: string;
  /** When an alert opened it again; it may settle from then on. Absent: from `createdAt`. */
  settlesFrom?: string;
  acknowledgedAt: string | null;
  acknowledgedBy: string | null;
  /** The key that acknowledged for `acknowledgedBy`, who has not said so themselves. */
  acknowledgedVia?: Actor | null;
  resolvedAt: string | null;
  resolvedBy: Actor | null;
  closedAt: string | null;
}

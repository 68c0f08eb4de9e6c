/** An incident for scripts and pages (docs/api.md, Replies that scripts read), made from its fold alone. */
import { isOpenIncident } from '../../domain/incident/is-open.js';
import { nextUpdateDue } from '../../domain/incident/owed-updates.js';
import { positionOf } from '../../domain/incident/position.js';
import type { ReviewKind } from '../../domain/postmortem/review-kind.js';
import type { Priority, Severity } from '../../domain/config/terms.js';
import type {
  Actor,
  IncidentState,
  IncidentStatus,
  PostmortemStatus,
  Responder,
  RunSummary,
  EscalationState,
} from '../../domain/incident/state.js';

interface EscalationReply {
  name: string | null;
  /** `cycle` counts from 0, `step` from 1. */
  cycle: number;
  step: number;
  /** Time at which the next step is due; null when no step is waiting. */
  nextAt: string | null;
  /** An escalation ran out of steps without an answer: only the catch-all was paged. */
  exhausted: boolean;
}

export interface IncidentReply {
  id: string;
  number: string;
  title: string;
  service: string | null;
  team: string;
  severity: Severity;
  priority: Priority;
  priorityReasons: string[];
  priorityBy: string | null;
  status: IncidentStatus;
  drill: boolean;
  drillRun: string | null;
  commander: string | null;
  roles: Record<string, string>;
  responders: Responder[];
  alertsOpen: number;
  alertsTotal: number;
  postmortemStatus: PostmortemStatus;
  /** How heavily it is reviewed; while it is open, as its priority stands. */
  reviewKind: ReviewKind;
  escalation: EscalationReply;
  escalations: EscalationState[];
  runs: Pick<RunSummary, 'id' | 'runbook' | 'revision' | 'state' | 'startedBy' | 'dryRun'>[];
  resolutionProposed: boolean;
  /** Time of the automatic resolution, with `resolutionProposed`. */
  resolvesAt: string | null;
  /** Alerts firing now; after a person resolved the incident, those that fired then: their next signal reopens it. */
  stillFiring: number;
  /** Time at which the plan wants the next update, also when it has passed; null: none is owed. */
  nextUpdateDue: string | null;
  ackExpiresAt: string | null;
  snoozedUntil: string | null;
  mergedInto: string | null;
  createdAt: string;
  acknowledgedAt: string | null;
  acknowledgedBy: string | null;
  resolvedAt: string | null;
  resolvedBy: Actor | null;
  closedAt: string | null;
  /** Number of the last event; grows by one with each. */
  seq: number;
  /** Position of the incident, to be sent back with the next decision about it. */
  position: string;
}

export function incidentReply(state: IncidentState): IncidentReply {
  const { ackTimeoutMs: _ackTimeoutMs, quietMs: _quietMs, drill, runs, postmortem, ...rest } = state;
  const {
    firedWhenResolved = 0,
    snoozedBy: _snoozedBy,
    returnedAt: _returnedAt,
    lastPagedAt: _lastPagedAt,
    pagesFrom: _pagesFrom,
    updates: _updates,
    ...shown
  } = rest;
  return {
    ...shown,
    resolvesAt: state.resolvesAt ?? null,
    nextUpdateDue: nextUpdateDue(state),
    stillFiring: isOpenIncident(state) ? state.alertsOpen : firedWhenResolved,
    drill: drill !== null,
    drillRun: drill,
    postmortemStatus: postmortem.status,
    reviewKind: postmortem.kind,
    escalation: escalationReply(state),
    position: positionOf(state),
    runs: Object.values(runs).map(({ steps: _steps, cancelRequested: _cancelRequested, ...run }) => run),
  };
}

/** The escalation that moves next represents all; where none waits, the first unanswered one, else the first. */
function escalationReply(state: IncidentState): EscalationReply {
  const { escalations } = state;
  const isActive = isOpenIncident(state);
  const leading = escalations.reduce<EscalationState | undefined>((first, one) => {
    if (first === undefined) return one;
    return urgencyOf(one) < urgencyOf(first) ? one : first;
  }, undefined);
  return {
    name: leading?.name ?? null,
    cycle: leading?.cycle ?? 0,
    step: leading?.step ?? 0,
    nextAt: isActive ? (leading?.nextAt ?? null) : null,
    exhausted: isActive && escalations.some((one) => one.phase === 'exhausted'),
  };
}

const urgencyOf = (one: EscalationState): number => {
  if (one.phase === 'to_page') return 0;
  if (one.nextAt !== null) return Date.parse(one.nextAt);
  return one.phase === 'answered' ? Number.MAX_VALUE : Number.MAX_SAFE_INTEGER;
};

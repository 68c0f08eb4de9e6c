/** An incident as scripts and pages read it (config-kinds.md, "Replies that scripts read"), made from its fold alone. */
import { positionOf } from '../../domain/incident/position.js';
import type { Priority, Severity } from '../../domain/config/specs.js';
import type {
  Actor,
  IncidentState,
  IncidentStatus,
  PostmortemStatus,
  Responder,
  RunSummary,
  TrackState,
} from '../../domain/incident/state.js';

export interface EscalationReply {
  track: string | null;
  /** `cycle` counts from 0, `step` from 1. */
  cycle: number;
  step: number;
  /** When the next step is due; null when nothing is waiting. */
  nextAt: string | null;
  /** A team ran out of steps and nobody has answered: only the catch-all knows. */
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
  escalation: EscalationReply;
  tracks: TrackState[];
  runs: Pick<RunSummary, 'id' | 'runbook' | 'revision' | 'state' | 'startedBy' | 'dryRun'>[];
  resolutionProposed: boolean;
  /** When it resolves by itself, with `resolutionProposed`. */
  resolvesAt: string | null;
  /** Alerts that fire now; when a person resolved it, those that fired then: their next message opens it again. */
  stillFiring: number;
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
  /** Where it stands, for whoever decides about it next. */
  position: string;
}

export function incidentReply(state: IncidentState): IncidentReply {
  const { ackTimeoutMs: _ackTimeoutMs, quietMs: _quietMs, drill, runs, postmortem, ...rest } = state;
  const { firedWhenResolved = 0, snoozedBy: _snoozedBy, ...shown } = rest;
  const isOver = state.status === 'resolved' || state.status === 'closed';
  return {
    ...shown,
    resolvesAt: state.resolvesAt ?? null,
    stillFiring: isOver ? firedWhenResolved : state.alertsOpen,
    drill: drill !== null,
    drillRun: drill,
    postmortemStatus: postmortem.status,
    escalation: escalationReply(state),
    position: positionOf(state),
    runs: Object.values(runs).map(({ steps: _steps, cancelRequested: _cancelRequested, ...run }) => run),
  };
}

/** The track that moves next stands for all; where none waits, the first that is unanswered, else the first. */
function escalationReply(state: IncidentState): EscalationReply {
  const { tracks } = state;
  const isActive = state.status === 'triggered' || state.status === 'acknowledged';
  const leading = tracks.reduce<TrackState | undefined>((first, track) => {
    if (first === undefined) return track;
    return urgencyOf(track) < urgencyOf(first) ? track : first;
  }, undefined);
  return {
    track: leading?.name ?? null,
    cycle: leading?.cycle ?? 0,
    step: leading?.step ?? 0,
    nextAt: isActive ? (leading?.nextAt ?? null) : null,
    exhausted: isActive && tracks.some((track) => track.phase === 'exhausted'),
  };
}

const urgencyOf = (track: TrackState): number => {
  if (track.phase === 'to_page') return 0;
  if (track.nextAt !== null) return Date.parse(track.nextAt);
  return track.phase === 'answered' ? Number.MAX_VALUE : Number.MAX_SAFE_INTEGER;
};

/**
 * "Sunday 03:00, nobody answers": the page-by-page trace of a policy, from the same code that pages. Pure; who answers, and
 * when, is assumed by the asker.
 */
import type { ConfigSnapshot, Priority, Severity, Urgency } from '../config/specs.js';
import type { ResponseTrack } from '../incident/response.js';
import type { Rung } from '../incident/state.js';
import type { Turns } from '../oncall/round-robin.js';
import { rehearse, type Rehearsed, type ResolveAt } from './rehearse.js';

export interface AnswerAssumption {
  person: string;
  /** Milliseconds from this person's first unanswered message to the acknowledgement. */
  afterMs: number;
}

/** What is assumed of the incident; conditions look at it. */
export interface AssumedIncident {
  priority: Priority;
  severity: Severity;
  service: string | null;
  title: string;
  /** Open alerts. 0: a person declared it, and nothing waits for it to settle. */
  alerts: number;
}

export interface SimulateInput {
  track: ResponseTrack;
  /** ISO 8601: when the incident is triggered. */
  at: string;
  urgency: Urgency;
  /** How long an alert may resolve by itself before anybody is paged. */
  settleMs: number;
  incident: AssumedIncident;
  answers: readonly AnswerAssumption[];
  snapshot: ConfigSnapshot;
  /** Where the round robins stand; looking does not move them. */
  turns: Turns;
  /** The targets at an instant (domain/oncall). */
  resolve: ResolveAt;
}

export interface SimulatedPage extends Rung {
  at: string;
  person: string;
  contact: string;
  channel: string;
  because: string;
}

export interface Simulation {
  pages: SimulatedPage[];
  skipped: (Rung & { at: string; reason: string })[];
  /** Targets that reached nobody, of steps that reached somebody else. */
  unreached: (Rung & { at: string; reason: string })[];
  /** The answer that stopped the escalation; with `ack: everyone` that of the last one. */
  acknowledged: { by: string; at: string } | null;
  /** Every acknowledgement, also one that others were still waited for after. */
  answers: { person: string; at: string }[];
  /** The catch-all was paged, or nobody was left, and nobody has answered. */
  exhausted: boolean;
}

export function simulate(input: SimulateInput): Simulation {
  const { track, answers } = input;
  const rehearsed = rehearse({
    id: 'simulation',
    at: input.at,
    opened: openedAs(input),
    response: { urgency: input.urgency, settleMs: input.settleMs, tracks: [track] },
    snapshot: input.snapshot,
    turns: input.turns,
    resolve: input.resolve,
    answersAfter: (name) => answers.find(({ person }) => person === name)?.afterMs ?? null,
    happenings: Array.from({ length: Math.max(0, input.incident.alerts - 1) }, (_, more) => ({
      at: input.at,
      actor: 'tocsin',
      command: {
        type: 'join_alert',
        alert: `simulated-${more + 2}`,
        title: input.incident.title,
        severity: input.incident.severity,
      },
    })),
  });
  return simulationOf(rehearsed);
}

function openedAs({ track, incident }: SimulateInput) {
  const { name, team, discipline, required, policy } = track;
  const { steps, repeat } = policy.spec;
  return {
    number: 'INC-0',
    title: incident.title,
    service: incident.service,
    team,
    severity: incident.severity,
    priority: incident.priority,
    priorityReasons: [],
    drill: null,
    tracks: [{ name, team, discipline, required, steps: steps.length, repeat }],
    ackTimeoutMs: 0,
    alert: incident.alerts > 0 ? 'simulated' : null,
    postmortem: { kind: 'light' as const, quorum: { participants: 0, stakeholders: 0 } },
  };
}

function simulationOf({ state, events, messages, unreached }: Rehearsed): Simulation {
  const answers = events.flatMap((event) =>
    event.kind === 'acknowledged' ? [{ person: event.data.person, at: event.at }] : [],
  );
  const last = answers.at(-1);
  const isAnswered = state.tracks.every(({ phase }) => phase === 'answered');
  return {
    pages: messages.map(({ track: _track, ...page }) => page),
    skipped: events.flatMap((event) => {
      if (event.kind !== 'step_skipped') return [];
      const { cycle, step, reason } = event.data;
      return [{ at: event.at, cycle, step, reason }];
    }),
    unreached,
    acknowledged: last !== undefined && isAnswered ? { by: last.person, at: last.at } : null,
    answers,
    exhausted: state.tracks.some(({ phase }) => phase === 'exhausted'),
  };
}

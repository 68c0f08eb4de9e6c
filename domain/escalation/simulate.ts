/**
 * Simulates "Sunday 03:00, no acknowledgement": a page-by-page trace of a policy from the same code that pages. Pure; the caller
 * assumes people's acknowledgements and their times.
 */
import type { ConfigSnapshot } from '../config/specs.js';
import type { Priority, Severity, Urgency } from '../config/terms.js';
import type { ResponseEscalation } from '../incident/response.js';
import type { StepRef } from '../incident/state.js';
import type { RotationPositions } from '../oncall/round-robin.js';
import { rehearse, type Rehearsed, type ResolveAt } from './rehearse.js';

interface AnswerAssumption {
  person: string;
  /** Milliseconds from this person's first unanswered message to the acknowledgement. */
  afterMs: number;
}

/** Assumed properties of the incident, for conditions. */
interface AssumedIncident {
  priority: Priority;
  severity: Severity;
  service: string | null;
  title: string;
  /** Open alerts. 0: a person declared the incident, and there is no settle time. */
  alerts: number;
}

export interface SimulateInput {
  escalation: ResponseEscalation;
  /** ISO 8601: when the incident is triggered. */
  at: string;
  urgency: Urgency;
  /** Time in which an alert may resolve by itself before anybody is paged. */
  settleMs: number;
  incident: AssumedIncident;
  answers: readonly AnswerAssumption[];
  snapshot: ConfigSnapshot;
  /** Round-robin positions; a simulation does not advance them. */
  positions: RotationPositions;
  /** Resolves targets at an instant (domain/oncall). */
  resolve: ResolveAt;
}

interface SimulatedPage extends StepRef {
  at: string;
  person: string;
  contact: string;
  channel: string;
  because: string;
}

export interface Simulation {
  pages: SimulatedPage[];
  skipped: (StepRef & { at: string; reason: string })[];
  /** Targets that reached no person, of steps that reached another person. */
  unreached: (StepRef & { at: string; reason: string })[];
  /** The acknowledgement that stopped the escalation; with `ack: everyone`, the last one. */
  acknowledged: { by: string; at: string } | null;
  /** Every acknowledgement, including those after which others were still awaited. */
  answers: { person: string; at: string }[];
  /** The catch-all was paged, or no person was left, and there is no acknowledgement. */
  exhausted: boolean;
}

export function simulate(input: SimulateInput): Simulation {
  const { escalation, answers } = input;
  const rehearsed = rehearse({
    id: 'simulation',
    at: input.at,
    opened: openedAs(input),
    response: { urgency: input.urgency, settleMs: input.settleMs, escalations: [escalation] },
    snapshot: input.snapshot,
    positions: input.positions,
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

function openedAs({ escalation, incident }: SimulateInput) {
  const { name, team, discipline, required, policy } = escalation;
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
    escalations: [{ name, team, discipline, required, steps: steps.length, repeat }],
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
  const isAnswered = state.escalations.every(({ phase }) => phase === 'answered');
  return {
    pages: messages.map(({ escalation: _escalation, ...page }) => page),
    skipped: events.flatMap((event) => {
      if (event.kind !== 'step_skipped') return [];
      const { cycle, step, reason } = event.data;
      return [{ at: event.at, cycle, step, reason }];
    }),
    unreached,
    acknowledged: last !== undefined && isAnswered ? { by: last.person, at: last.at } : null,
    answers,
    exhausted: state.escalations.some(({ phase }) => phase === 'exhausted'),
  };
}

/** State of an escalation: its current step, the next step and its acknowledgements. */
import type { EngagedEscalation } from './events.js';
import { isOpenIncident } from './is-open.js';
import type { IncidentState, StepRef, EscalationState } from './state.js';

export const openEscalation = (engaged: EngagedEscalation): EscalationState => ({
  ...engaged,
  cycle: 0,
  step: 1,
  phase: 'to_page',
  nextAt: null,
  named: null,
  paged: [],
  awaiting: [],
  answers: [],
});

export const isSameStep = (a: StepRef, b: StepRef): boolean => a.cycle === b.cycle && a.step === b.step;

/** The catch-all is the escalation step after the last step of the last cycle. */
export const isCatchAll = (escalation: Pick<EscalationState, 'steps'>, stepRef: StepRef): boolean =>
  stepRef.step > escalation.steps;

/** The next escalation step; null after the catch-all. */
export function nextStepRef(
  escalation: Pick<EscalationState, 'steps' | 'repeat'>,
  stepRef: StepRef,
): StepRef | null {
  if (isCatchAll(escalation, stepRef)) return null;
  if (stepRef.step < escalation.steps) return { cycle: stepRef.cycle, step: stepRef.step + 1 };
  // `repeat` counts from the cycle of the trigger; later cycles (after an expired ack) get the same number of passes.
  const pass = stepRef.cycle % (escalation.repeat + 1);
  return pass < escalation.repeat
    ? { cycle: stepRef.cycle + 1, step: 1 }
    : { cycle: stepRef.cycle, step: escalation.steps + 1 };
}

/**
 * The first escalation step after a restart (expired ack, ended snooze, reopen): always a new cycle, so ledger keys never repeat.
 */
export const restartedEscalation = ({
  escalatedAt: _before,
  escalatedByClock: _byClock,
  ...escalation
}: EscalationState): EscalationState => ({
  ...escalation,
  cycle: (Math.floor(escalation.cycle / (escalation.repeat + 1)) + 1) * (escalation.repeat + 1),
  step: 1,
  phase: 'to_page',
  nextAt: null,
  passesOnAt: null,
  named: null,
  paged: [],
  awaiting: [],
  answers: [],
});

/**
 * True when this escalation may page now. After an acknowledgement only an unacknowledged escalation continues: a required one
 * that waits for its own people, or a step that waits for everyone.
 */
export const isPaging = (state: IncidentState, escalation: EscalationState): boolean =>
  isOpenIncident(state) &&
  state.snoozedUntil === null &&
  (escalation.phase === 'to_page' || escalation.phase === 'waiting');

export const findEscalation = (state: IncidentState, name: string): EscalationState | undefined =>
  state.escalations.find((escalation) => escalation.name === name);

/** A person who acknowledges: paged for a team, or a member of it who acknowledges before being paged. */
export interface Answering {
  person: string;
  teams?: readonly string[];
}

/** A required escalation is acknowledged only by its own people. */
const countsOn = (
  { responders }: Pick<IncidentState, 'responders'>,
  escalation: Pick<EscalationState, 'team' | 'required'>,
  { person, teams = [] }: Answering,
): boolean =>
  !escalation.required ||
  teams.includes(escalation.team) ||
  responders.some((responder) => responder.person === person && responder.team === escalation.team);

/** Names of the escalations that this person's acknowledgement completes. */
export const answeredBy = (state: IncidentState, answering: Answering): string[] =>
  state.escalations
    .filter((escalation) => escalation.phase !== 'answered' && countsOn(state, escalation, answering))
    .filter(({ awaiting }) => awaiting.every((awaited) => awaited === answering.person))
    .map(({ name }) => name);

/** The escalation after an acknowledgement: complete, or still waiting for other people. */
export function acknowledgedEscalation(
  state: IncidentState,
  escalation: EscalationState,
  { answered, ...answering }: Answering & { answered: readonly string[] },
): EscalationState {
  if (answered.includes(escalation.name))
    return { ...escalation, phase: 'answered', nextAt: null, awaiting: [] };
  const { person } = answering;
  const { answers = [] } = escalation;
  if (escalation.phase === 'answered' || answers.includes(person) || !countsOn(state, escalation, answering))
    return escalation;
  return {
    ...escalation,
    awaiting: escalation.awaiting.filter((awaited) => awaited !== person),
    answers: [...answers, person],
  };
}

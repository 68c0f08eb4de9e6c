/** What people ask of the ladder: more people, other people, or to be left out. */
import {
  type Asking,
  type Decision,
  type ResponseCommand,
  accepted,
  refused,
  unchanged,
} from './commands.js';
import { marked } from '../people/spoken.js';
import type { IncidentFact } from './events.js';
import type { IncidentState, TrackState } from './state.js';
import { findTrack, nextRung } from './tracks.js';

type Asked<T extends ResponseCommand['type']> = Extract<ResponseCommand, { type: T }>;

export function unacknowledge(
  state: IncidentState,
  { reason, step, to }: Asked<'unacknowledge'>,
  asking: Asking,
): Decision {
  if (state.status !== 'acknowledged')
    return refused('not_acknowledged', `${state.number} is ${state.status}; nobody has acknowledged it`);
  const [first] = state.tracks;
  if (to !== undefined && first !== undefined) {
    const facts = handedTo(first, to, reason ?? `handed to ${to}`);
    return accepted({ kind: 'unacknowledged', data: { reason } }, ...afterRestart(state, facts));
  }
  return step === undefined
    ? accepted({ kind: 'unacknowledged', data: { reason } })
    : escalate(
        state,
        { type: 'escalate', step, track: null, reason: reason ?? `starts at step ${step}` },
        asking,
      );
}

/** The owner's ladder begins with that person, below its first step. */
const handedTo = ({ name, cycle }: TrackState, to: string, reason: string): IncidentFact[] => [
  { kind: 'escalated', data: { track: name, cycle, step: 0, reason, to } },
];

/** So long after an escalation the same wish is the same wish: two people at once, a text that came twice. */
export const SAME_WISH_MS = 30_000;
/** After one by the clock only what came in its very moment: whoever asks later has seen that nobody answers, and is heard. */
export const SAME_MOMENT_MS = 3_000;

/**
 * The step that is wanted has been gone to already, a moment ago: it is not paged yet, or whoever asks is not among the people of
 * it and cannot know. Who says where they saw it (`seen`) means one further.
 */
function isSameWish(
  state: IncidentState,
  track: TrackState,
  { step }: Asked<'escalate'>,
  { actor, onBehalfOf, now, unseen }: Asking,
): boolean {
  const { escalatedAt } = track;
  if (unseen !== true || state.status !== 'triggered' || escalatedAt === undefined) return false;
  if (step !== null && step !== track.step) return false;
  if (track.phase === 'to_page') return true;
  const freshMs = track.escalatedByClock === true ? SAME_MOMENT_MS : SAME_WISH_MS;
  const isFresh = Date.parse(now) - Date.parse(escalatedAt) < freshMs;
  return isFresh && track.phase === 'waiting' && track.asked?.includes(onBehalfOf ?? actor) !== true;
}

export function escalate(state: IncidentState, command: Asked<'escalate'>, asking: Asking): Decision {
  const facts: IncidentFact[] = [];
  let repeated = 0;
  const meant = state.tracks.filter(({ name }) => command.track === null || name === command.track);
  if (meant.length === 0) {
    const names = state.tracks.map(({ name }) => name).join(', ');
    return refused('no_such_track', `${command.track ?? ''} is not engaged in ${state.number}; ${names} is`);
  }
  for (const track of meant) {
    const step = command.step;
    if (step !== null && (step < 1 || step > track.steps)) {
      if (command.track === null && state.tracks.length > 1) continue;
      return refused('no_such_step', `${track.name} has steps 1 to ${track.steps}, not ${step}`);
    }
    if (isSameWish(state, track, command, asking)) {
      repeated += 1;
      continue;
    }
    // A named step is paged again even if it was paged before: that is a new cycle, so that ledger keys stay unique.
    const rung =
      step === null
        ? nextRung(track, track)
        : { cycle: track.cycle + (step <= track.step ? track.repeat + 1 : 0), step };
    if (rung === null) continue;
    facts.push({ kind: 'escalated', data: { track: track.name, ...rung, reason: command.reason } });
  }
  if (facts.length === 0 && repeated > 0) return unchanged;
  if (facts.length === 0)
    return refused(
      'nobody_left',
      `${state.number} has been escalated to the last step and the catch-all already`,
    );
  const isSnoozed = state.snoozedUntil !== null;
  if (state.status === 'acknowledged' && (isSnoozed || meant.length === state.tracks.length))
    return accepted(
      { kind: 'unacknowledged', data: { reason: command.reason } },
      ...afterRestart(state, facts),
    );
  // Whoever asks for people now wants them now; a team alone is asked for more, and what others answered stays answered.
  return isSnoozed
    ? accepted({ kind: 'snooze_ended', data: {} }, ...afterRestart(state, facts))
    : accepted(...facts);
}

/** A fresh start puts every track on a new cycle; escalations named against the old one move with it. */
function afterRestart(state: IncidentState, facts: IncidentFact[]): IncidentFact[] {
  return facts.map((fact) => {
    if (fact.kind !== 'escalated') return fact;
    const track = findTrack(state, fact.data.track);
    if (track === undefined) return fact;
    const cycle = (Math.floor(track.cycle / (track.repeat + 1)) + 1) * (track.repeat + 1);
    return { ...fact, data: { ...fact.data, cycle } };
  });
}

/** A text that came twice: who is asked again by the next step has not said no to that one too. */
const hasJustDeclined = (state: IncidentState, person: string, { now, unseen }: Asking): boolean =>
  unseen === true &&
  state.tracks.some(({ declinedAt }) => {
    const at = declinedAt !== undefined && Object.hasOwn(declinedAt, person) ? declinedAt[person] : undefined;
    return at !== undefined && Date.parse(now) - Date.parse(at) < SAME_WISH_MS;
  });

export function decline(
  state: IncidentState,
  { person, comment }: Asked<'decline'>,
  asking: Asking,
): Decision {
  const waiting = state.tracks.filter(
    ({ phase, team }) =>
      phase === 'waiting' && state.responders.some((one) => one.person === person && one.team === team),
  );
  const own = waiting.find((track) => track.asked?.includes(person) ?? true);
  const track = own ?? waiting[0];
  if (track === undefined)
    return refused('not_paged', `${state.number} is not waiting for ${marked(person)}`);
  if (hasJustDeclined(state, person, asking)) return unchanged;
  const rung = nextRung(track, track);
  const declined = { kind: 'declined', data: { person, track: track.name, comment } } as const;
  // The people of a later step are given their time, however many of an earlier one decline.
  if (own === undefined || rung === null || state.snoozedUntil !== null) return accepted(declined);
  return accepted(declined, {
    kind: 'escalated',
    data: { track: track.name, ...rung, reason: `${person} can't take it` },
  });
}

/** A person was deleted or may answer no more while an incident counts on them: nobody waits for somebody who is not there. */
import { accepted, type Decision, type ResponseCommand, unchanged } from './commands.js';
import type { IncidentFact } from './events.js';
import { concerns, withoutResponder } from './left.js';
import { isQuiet } from './quiet.js';
import type { IncidentState, TrackState } from './state.js';
import { isPaging, nextRung, restartedTrack } from './tracks.js';

export function personLeft(
  state: IncidentState,
  { person, reason }: Extract<ResponseCommand, { type: 'person_left' }>,
): Decision {
  const isOpen = state.status === 'triggered' || state.status === 'acknowledged';
  if (!isOpen) return unchanged;
  if (!concerns(state, person) && !state.tracks.some((track) => answeredAlone(state, track, person)))
    return unchanged;
  const left: IncidentFact = { kind: 'responder_left', data: { person, reason } };
  const why = `${person} ${reason}`;
  const hadIt = state.status === 'acknowledged' && state.acknowledgedBy === person;
  // Nothing fires any more: nobody is woken for it, and when nobody has it, it is over.
  if (isQuiet(state))
    return hadIt
      ? accepted(left, { kind: 'resolved', data: { comment: null, because: 'alerts_closed' } })
      : accepted(left);
  // Whoever had it is gone: it is nobody's, also while it sleeps.
  if (hadIt) return accepted(left, { kind: 'unacknowledged', data: { reason: why } });
  const after = withoutResponder(state, person);
  const going = state.tracks.flatMap((track, index): IncidentFact[] => {
    const now = after.tracks[index];
    return now === undefined ? [] : goesOn(after, { before: track, now, person, why });
  });
  return accepted(left, ...going);
}

function goesOn(
  state: IncidentState,
  { before, now, person, why }: { before: TrackState; now: TrackState; person: string; why: string },
): IncidentFact[] {
  const escalated = (rung: { cycle: number; step: number }): IncidentFact => ({
    kind: 'escalated',
    data: { track: now.name, cycle: rung.cycle, step: rung.step, reason: why },
  });
  if (answeredAlone(state, now, person)) return [escalated(restartedTrack(now))];
  const wasAsked = before.asked?.includes(person) === true || before.awaiting.includes(person);
  if (before.phase !== 'waiting' || !isPaging(state, now) || !wasAsked) return [];
  const asked = now.asked ?? [];
  if (asked.length === 0) {
    const next = nextRung(now, now);
    return next === null ? [] : [escalated(next)];
  }
  // With `ack: everyone` the others may all have answered: then the step is answered.
  const [answerer] = asked;
  if (before.awaiting.length === 0 || now.awaiting.length > 0 || answerer === undefined) return [];
  return [
    {
      kind: 'acknowledged',
      data: { person: answerer, answered: [now.name], expiresAt: state.ackExpiresAt, earlier: true },
    },
  ];
}

/** A required track whose only answer was theirs has to be answered anew. */
function answeredAlone(state: IncidentState, track: TrackState, person: string): boolean {
  if (state.status !== 'acknowledged' || !track.required || track.phase !== 'answered') return false;
  const answers = state.responders.filter(
    ({ team, acknowledgedAt }) => team === track.team && acknowledgedAt !== null,
  );
  return answers.length > 0 && answers.every((one) => one.person === person);
}

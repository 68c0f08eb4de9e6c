/** The ladder of every team on an incident, with the names behind each step as they are at this moment. */
import type { ConfigSnapshot, PolicyTarget } from '../../domain/config/specs.js';
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { IncidentState, Rung, TrackState } from '../../domain/incident/state.js';
import { isCatchAll, nextRung } from '../../domain/incident/tracks.js';
import { resolveTargets } from '../../domain/oncall/targets.js';

export interface RungOutlook {
  /** From 1; the one after the last is the catch-all. */
  step: number;
  catchAll: boolean;
  /** How long the step waits for an answer, as the policy says it. */
  wait: string | null;
  people: string[];
  /** Why a target reaches nobody. */
  gaps: string[];
}

export interface TrackOutlook {
  track: TrackState;
  rungs: RungOutlook[];
  /** The rung that comes next, and when it is due; null when nothing more will be paged. */
  next: (Rung & { at: string | null; outlook: RungOutlook }) | null;
}

export function outlookOf(
  state: IncidentState,
  response: IncidentResponse,
  snapshot: ConfigSnapshot,
  now: string,
): TrackOutlook[] {
  return state.tracks.map((track) => {
    const steps = response.tracks.find(({ name }) => name === track.name)?.policy.spec.steps ?? [];
    const rungs = [
      ...steps.map((step, index) => outlook(index + 1, false, step.wait, step.notify, snapshot, now)),
      outlook(steps.length + 1, true, null, catchAllOf(snapshot), snapshot, now),
    ];
    return { track, rungs, next: nextOf(state, track, rungs) };
  });
}

const catchAllOf = (snapshot: ConfigSnapshot): PolicyTarget[] =>
  snapshot.list('Organisation').flatMap(({ spec }) => spec.catchAll);

function outlook(
  step: number,
  catchAll: boolean,
  wait: string | null,
  targets: readonly PolicyTarget[],
  snapshot: ConfigSnapshot,
  now: string,
): RungOutlook {
  const { people, empty } = resolveTargets(targets, snapshot, now);
  return {
    step,
    catchAll,
    wait,
    people: people.map(({ person }) => person),
    gaps: empty.map(({ reason }) => reason),
  };
}

function nextOf(
  state: IncidentState,
  track: TrackState,
  rungs: readonly RungOutlook[],
): TrackOutlook['next'] {
  const isOpen = state.status === 'triggered' || (state.status === 'acknowledged' && track.required);
  if (!isOpen || track.phase === 'answered' || track.phase === 'exhausted') return null;
  const rung = track.phase === 'to_page' ? { cycle: track.cycle, step: track.step } : nextRung(track, track);
  if (rung === null) return null;
  const found = isCatchAll(track, rung) ? rungs.at(-1) : rungs.find(({ step }) => step === rung.step);
  return found === undefined ? null : { ...rung, at: track.nextAt, outlook: found };
}

/** The ladder of every team on an incident, with the names behind each step as they are at this moment. */
import type { ConfigSnapshot, PolicyTarget } from '../../domain/config/specs.js';
import { asCalled } from '../../domain/escalation/called-policies.js';
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { IncidentState, Rung, TrackState } from '../../domain/incident/state.js';
import { isCatchAll, isPaging, nextRung } from '../../domain/incident/tracks.js';
import { CATCH_ALL_PLACE, policyPlace, type Turns } from '../../domain/oncall/round-robin.js';
import { resolveTargets } from '../../domain/oncall/targets.js';
import { effectivePerson } from '../../domain/people/effective-person.js';

export interface RungOutlook {
  /** From 1; the one after the last is the catch-all, 0 is a person asked by name. */
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
  turns: Turns,
): TrackOutlook[] {
  const reachable = (person: string): boolean =>
    (effectivePerson(snapshot, person)?.contacts.length ?? 0) > 0;
  return state.tracks.map((track) => {
    const engaged = response.tracks.find(({ name }) => name === track.name);
    const inForce = engaged === undefined ? snapshot : asCalled(snapshot, engaged);
    const look = (targets: readonly PolicyTarget[], place: string): Pick<RungOutlook, 'people' | 'gaps'> => {
      const { people, empty } = resolveTargets(targets, inForce, now, { place, turns, reachable });
      return { people: people.map(({ person }) => person), gaps: empty.map(({ reason }) => reason) };
    };
    const policy = engaged?.policy;
    const steps = policy?.spec.steps ?? [];
    const rungs: RungOutlook[] = [
      ...byName(track, steps[0]?.wait ?? null),
      ...steps.map(({ wait, notify }, index) => ({
        ...look(notify, policyPlace(policy?.name ?? '', index + 1)),
        step: index + 1,
        catchAll: false,
        wait,
      })),
      { ...look(catchAllOf(snapshot), CATCH_ALL_PLACE), step: steps.length + 1, catchAll: true, wait: null },
    ];
    return { track, rungs, next: nextOf(state, track, rungs) };
  });
}

const byName = ({ named = null }: TrackState, wait: string | null): RungOutlook[] =>
  named === null ? [] : [{ step: 0, catchAll: false, wait, people: [named], gaps: [] }];

const catchAllOf = (snapshot: ConfigSnapshot): PolicyTarget[] =>
  snapshot.list('Organisation').flatMap(({ spec }) => spec.catchAll);

function nextOf(
  state: IncidentState,
  track: TrackState,
  rungs: readonly RungOutlook[],
): TrackOutlook['next'] {
  if (!isPaging(state, track)) return null;
  const rung = track.phase === 'to_page' ? { cycle: track.cycle, step: track.step } : nextRung(track, track);
  if (rung === null) return null;
  const found = isCatchAll(track, rung) ? rungs.at(-1) : rungs.find(({ step }) => step === rung.step);
  return found === undefined ? null : { ...rung, at: track.nextAt, outlook: found };
}

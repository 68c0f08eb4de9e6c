/** Escalation preview: the path of every team on an incident, with the people of each step as of now. */
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { PolicyTarget } from '../../domain/escalation/policy-spec.js';
import { asCalled } from '../../domain/escalation/called-policies.js';
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { IncidentState, StepRef, EscalationState } from '../../domain/incident/state.js';
import { isCatchAll, isPaging, nextStepRef } from '../../domain/incident/escalations.js';
import {
  CATCH_ALL_LIST_KEY,
  policyListKey,
  type RotationPositions,
} from '../../domain/oncall/round-robin.js';
import { resolveTargets } from '../../domain/oncall/targets.js';
import { effectivePerson } from '../../domain/people/effective-person.js';

export interface StepPreview {
  /** From 1; the one after the last is the catch-all, 0 is a person to whom the incident was reassigned. */
  step: number;
  catchAll: boolean;
  /** Wait of the step for an answer, as in the policy. */
  wait: string | null;
  people: string[];
  /** Why a target reaches no one. */
  gaps: string[];
}

export interface EscalationPreview {
  escalation: EscalationState;
  previews: StepPreview[];
  /** The next escalation step and when it is due; null when nothing more will be paged. */
  next: (StepRef & { at: string | null; preview: StepPreview }) | null;
}

export function previewOf(
  state: IncidentState,
  response: IncidentResponse,
  snapshot: ConfigSnapshot,
  now: string,
  positions: RotationPositions,
): EscalationPreview[] {
  const reachable = (person: string): boolean =>
    (effectivePerson(snapshot, person)?.contacts.length ?? 0) > 0;
  return state.escalations.map((escalation) => {
    const engaged = response.escalations.find(({ name }) => name === escalation.name);
    const inForce = engaged === undefined ? snapshot : asCalled(snapshot, engaged);
    const look = (
      targets: readonly PolicyTarget[],
      listKey: string,
    ): Pick<StepPreview, 'people' | 'gaps'> => {
      const { people, empty } = resolveTargets(targets, inForce, now, { listKey, positions, reachable });
      return { people: people.map(({ person }) => person), gaps: empty.map(({ reason }) => reason) };
    };
    const policy = engaged?.policy;
    const steps = policy?.spec.steps ?? [];
    const previews: StepPreview[] = [
      ...byName(escalation, steps[0]?.wait ?? null),
      ...steps.map(({ wait, notify }, index) => ({
        ...look(notify, policyListKey(policy?.name ?? '', index + 1)),
        step: index + 1,
        catchAll: false,
        wait,
      })),
      {
        ...look(catchAllOf(snapshot), CATCH_ALL_LIST_KEY),
        step: steps.length + 1,
        catchAll: true,
        wait: null,
      },
    ];
    return { escalation, previews, next: nextOf(state, escalation, previews) };
  });
}

const byName = ({ named = null }: EscalationState, wait: string | null): StepPreview[] =>
  named === null ? [] : [{ step: 0, catchAll: false, wait, people: [named], gaps: [] }];

const catchAllOf = (snapshot: ConfigSnapshot): PolicyTarget[] =>
  snapshot.list('Organisation').flatMap(({ spec }) => spec.catchAll);

function nextOf(
  state: IncidentState,
  escalation: EscalationState,
  previews: readonly StepPreview[],
): EscalationPreview['next'] {
  if (!isPaging(state, escalation)) return null;
  const stepRef =
    escalation.phase === 'to_page'
      ? { cycle: escalation.cycle, step: escalation.step }
      : nextStepRef(escalation, escalation);
  if (stepRef === null) return null;
  const found = isCatchAll(escalation, stepRef)
    ? previews.at(-1)
    : previews.find(({ step }) => step === stepRef.step);
  const at = escalation.phase === 'to_page' ? (state.pagesFrom ?? null) : escalation.nextAt;
  return found === undefined ? null : { ...stepRef, at, preview: found };
}

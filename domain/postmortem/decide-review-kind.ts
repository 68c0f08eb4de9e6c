/**
 * Decides the kind of review with the command that ends an incident, or that raises its priority afterwards. The events carry the
 * outcome, so that a later change of these rules does not change what the record says about the past.
 */
import type { Decision } from '../incident/commands.js';
import type { FactData, IncidentFact } from '../incident/events.js';
import type { IncidentState } from '../incident/state.js';
import { plannedReviewOf } from './fold-review.js';
import { heavierKind, reviewKind, type ReviewKind } from './review-kind.js';

export function withReviewKind(state: IncidentState, decision: Decision): Decision {
  if (decision.kind !== 'accepted') return decision;
  const isReopened = decision.facts.some(({ kind }) => kind === 'reopened');
  const facts = decision.facts.flatMap((fact): IncidentFact[] => {
    if (fact.kind === 'resolved') return resolved(state, fact.data);
    if (fact.kind === 'priority_set' && state.status === 'resolved' && !isReopened)
      return [{ ...fact, data: { ...fact.data, ...raisedAfterwards(state, fact.data) } }];
    return [fact];
  });
  return { ...decision, facts };
}

/** With `none` the incident is closed in the same moment, by the plan's own words. */
function resolved(state: IncidentState, data: FactData<'resolved'>): IncidentFact[] {
  const planned = plannedReviewOf(state.postmortem);
  const review = reviewKind({
    planned,
    priority: state.priority,
    isDrill: state.drill !== null,
    endedByItself: data.because === 'alerts_closed' && state.acknowledgedAt === null,
  });
  const fact: IncidentFact = { kind: 'resolved', data: { ...data, review } };
  if (review !== 'none') return [fact];
  const { reason = '', plan = 'default' } = planned;
  return [
    fact,
    { kind: 'postmortem_waived', data: { reason, plan } },
    { kind: 'closed', data: { because: 'waived' } },
  ];
}

/** A lower priority set after the resolution lowers no review. */
function raisedAfterwards(
  { postmortem, drill }: IncidentState,
  { priority, postmortem: planned }: FactData<'priority_set'>,
): { review?: ReviewKind } {
  if (planned === undefined) return {};
  const wanted = reviewKind({ planned, priority, isDrill: drill !== null, endedByItself: false });
  const review = heavierKind(postmortem.kind, wanted);
  return review === postmortem.kind ? {} : { review };
}

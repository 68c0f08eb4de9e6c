/** Fixtures for the tests of this folder: an incident on its way to review, built by the real fold. */
import type { CommandContext, Decision, IncidentCommand } from '../incident/commands.js';
import { decide } from '../incident/decide.js';
import type { IncidentEvent, IncidentFact } from '../incident/events.js';
import { foldEvents } from '../incident/fold.js';
import type { IncidentState, PostmortemState, ReviewGroup } from '../incident/state.js';

export const at = (minutes: number): string => new Date(Date.UTC(2026, 10, 23, 9, minutes)).toISOString();

const context = (actor = 'ana', minutes = 60): CommandContext => ({ actor, now: at(minutes) });

/** Appends facts as events of one actor, a minute apart. */
export function happen(
  state: IncidentState | null,
  facts: IncidentFact[],
  actor = 'ana',
  minutes?: number,
): IncidentState {
  const seq = state?.seq ?? 0;
  const events = facts.map((fact, index): IncidentEvent => {
    return { ...fact, seq: seq + 1 + index, at: at(minutes ?? seq + index), actor };
  });
  return foldEvents('5f0c', state, events);
}

export function openedIncident(
  postmortem: Pick<PostmortemState, 'kind' | 'quorum'>,
  drill: string | null = null,
): IncidentState {
  const escalation = {
    name: 'checkout',
    team: 'checkout',
    discipline: 'development',
    required: false,
    steps: 2,
    repeat: 1,
  };
  return happen(null, [
    {
      kind: 'opened',
      data: {
        number: 'INC-42',
        title: 'Replica lag 900 s',
        service: 'checkout-db',
        team: 'checkout',
        severity: 'critical',
        priority: 'P1',
        priorityReasons: [],
        drill,
        escalations: [escalation],
        ackTimeoutMs: 0,
        alert: null,
        postmortem,
      },
    },
  ]);
}

/** `ana` and `bo` were paged, `ana` acknowledged and resolved. */
export function resolvedIncident(quorum = { participants: 1, stakeholders: 1 }): IncidentState {
  return happen(openedIncident({ kind: 'full', quorum }), [
    {
      kind: 'paged',
      data: {
        escalation: 'checkout',
        cycle: 0,
        step: 0,
        people: ['ana', 'bo'],
        everyone: false,
        deliveries: 2,
        nextAt: at(6),
        catchAll: false,
      },
    },
    { kind: 'acknowledged', data: { person: 'ana', answered: ['checkout'], expiresAt: null } },
    { kind: 'resolved', data: { comment: null, because: 'person' } },
  ]);
}

export const dueMinute = 3 * 24 * 60;
export const due = at(dueMinute);

export function draftedIncident(quorum = { participants: 1, stakeholders: 1 }): IncidentState {
  return happen(
    resolvedIncident(quorum),
    [{ kind: 'postmortem_drafted', data: { kind: 'full', due, quorum } }],
    'tocsin',
  );
}

export const reviewers = (
  participants: string[],
  stakeholders: string[],
): { person: string; group: ReviewGroup }[] => [
  ...participants.map((person) => ({ person, group: 'participants' as const })),
  ...stakeholders.map((person) => ({ person, group: 'stakeholders' as const })),
];

/** Written and submitted by `ana` at revision 2; `bo` (participant) and `dana` (stakeholder) are the reviewers. */
export function submittedIncident(
  asked = reviewers(['bo'], ['dana']),
  quorum = { participants: 1, stakeholders: 1 },
): IncidentState {
  return happen(draftedIncident(quorum), [
    { kind: 'postmortem_edited', data: { revision: 2, sections: ['rootCauses'] } },
    { kind: 'postmortem_submitted', data: { revision: 2, author: 'ana', reviewers: asked, due } },
  ]);
}

/** The state after a command, with the decision; a refusal leaves the state unchanged. */
export function ask(
  state: IncidentState,
  command: IncidentCommand,
  actor = 'ana',
  minutes = state.seq,
): { state: IncidentState; decision: Decision } {
  const decision = decide(state, command, context(actor, minutes));
  return { state: decision.kind === 'accepted' ? happen(state, decision.facts, actor) : state, decision };
}

/** `accepted`, `unchanged` or the code of the refusal. */
export const outcomeOf = (decision: Decision): string =>
  decision.kind === 'refused' ? decision.code : decision.kind;

/**
 * Chooses reviewers: participants and stakeholders, never one person in both groups, never the author (docs/domain.md,
 * Post-mortem gate). A quorum that cannot be reached is reported, not lowered.
 */
import type { ConfigSnapshot } from '../config/specs.js';
import type { IncidentResponse } from '../incident/response.js';
import type { IncidentState, ReviewGroup } from '../incident/state.js';
import { unfilledGroups } from './quorum.js';

/** Maximum per group: people closest to the incident come first, and the event stays small. */
const REVIEWERS_PER_GROUP = 20;

export interface ReviewersQuestion {
  state: IncidentState;
  response: Pick<IncidentResponse, 'stakeholders' | 'escalations'>;
  snapshot: Pick<ConfigSnapshot, 'get' | 'list'>;
  author: string;
}

export interface ChosenReviewers {
  reviewers: { person: string; group: ReviewGroup }[];
  /** One sentence for each group whose quorum cannot be reached; empty when a review can be requested. */
  problems: string[];
}

export function chooseReviewers({ state, response, snapshot, author }: ReviewersQuestion): ChosenReviewers {
  const { quorum } = state.postmortem;
  const teams = engagedTeams(state, response);
  const eligible = (people: readonly string[]): string[] =>
    [...new Set(people)].filter(
      (person) => person !== author && snapshot.get('Person', person) !== undefined,
    );

  const tookPart = eligible(peopleWhoTookPart(state));
  const stakeholders = firstEnough(
    quorum.stakeholders,
    [
      response.stakeholders,
      managersOf([state.team], snapshot),
      managersOf(teams, snapshot),
      admins(snapshot),
    ].map(eligible),
    // A manager who took part counts as a participant as long as another person can be the stakeholder.
    (person) => tookPart.includes(person),
  );
  const apart = (people: string[]): string[] => people.filter((person) => !stakeholders.includes(person));
  const participants = firstEnough(quorum.participants, [
    apart(tookPart),
    apart(eligible(everybodyOf(teams, snapshot))),
  ]);

  // Stakeholders beyond their own quorum who took part may fill the other group.
  while (participants.length < quorum.participants && stakeholders.length > quorum.stakeholders) {
    const spare = stakeholders.findLastIndex((person) => tookPart.includes(person));
    if (spare < 0) break;
    participants.push(...stakeholders.splice(spare, 1));
  }

  const reviewers = [
    ...participants
      .slice(0, REVIEWERS_PER_GROUP)
      .map((person) => ({ person, group: 'participants' as const })),
    ...stakeholders
      .slice(0, REVIEWERS_PER_GROUP)
      .map((person) => ({ person, group: 'stakeholders' as const })),
  ];
  const problems = unfilledGroups(quorum, reviewers).map(
    ({ group, there, needed }) =>
      `${group}: ${needed} needed, ${there} found besides ${author} (looked at ${group === 'participants' ? `responders and teams ${teams.join(', ')}` : `the plan's stakeholders, managers of ${teams.join(', ')}, admins`})`,
  );
  return { reviewers, problems };
}

/**
 * All people of the first tier; further tiers only until there are enough. Within a later tier, people for whom `last` holds come
 * last.
 */
function firstEnough(
  enough: number,
  tiers: string[][],
  last: (person: string) => boolean = () => false,
): string[] {
  const chosen: string[] = [];
  tiers.forEach((tier, index) => {
    if (index > 0 && chosen.length >= enough) return;
    const fresh = tier.filter((person) => !chosen.includes(person));
    const preferred = fresh.filter((person) => index === 0 || !last(person));
    const missing = Math.max(0, enough - chosen.length - preferred.length);
    chosen.push(...preferred, ...(index === 0 ? [] : fresh.filter(last).slice(0, missing)));
  });
  return chosen;
}

/** People who acknowledged or took a role. A page without an acknowledgement is no participation. Commander first. */
export const peopleWhoTookPart = (state: IncidentState): string[] => [
  ...(state.commander === null ? [] : [state.commander]),
  ...Object.values(state.roles),
  ...(state.acknowledgedBy === null ? [] : [state.acknowledgedBy]),
  ...state.responders.filter((one) => one.acknowledgedAt !== null).map((one) => one.person),
];

const engagedTeams = (state: IncidentState, response: Pick<IncidentResponse, 'escalations'>): string[] => [
  ...new Set([
    state.team,
    ...state.escalations.map((escalation) => escalation.team),
    ...response.escalations.map((escalation) => escalation.team),
  ]),
];

const managersOf = (teams: string[], snapshot: Pick<ConfigSnapshot, 'get'>): string[] =>
  teams.flatMap((team) => snapshot.get('Team', team)?.spec.managers ?? []);

const everybodyOf = (teams: string[], snapshot: Pick<ConfigSnapshot, 'get'>): string[] =>
  teams.flatMap((team) => {
    const spec = snapshot.get('Team', team)?.spec;
    return spec === undefined ? [] : [...spec.members, ...spec.managers];
  });

const admins = (snapshot: Pick<ConfigSnapshot, 'list'>): string[] =>
  snapshot
    .list('Person')
    .filter((document) => document.spec.role === 'admin')
    .map((document) => document.name)
    .toSorted();

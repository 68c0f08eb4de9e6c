/**
 * Chooses the one reviewer of a digest: a person of the team, or a stakeholder, who did not work all of its incidents
 * (docs/domain.md, Post-mortem gate). Without one it goes to the managers, then to the admins, and says so; never to nobody
 * silently, and never to somebody who worked them all.
 */
import { mayDo } from '../access/permissions.js';
import type { ConfigSnapshot } from '../config/specs.js';
import { documentTitle } from '../config/display-names.js';

type Snapshot = Pick<ConfigSnapshot, 'get' | 'list'>;

export interface DigestPeople {
  team: string;
  /** Stakeholders that the response plans of the listed incidents name. */
  stakeholders: readonly string[];
  /** For each listed incident: the people who worked on it. */
  workedBy: readonly (readonly string[])[];
  /** Reviewers of earlier digests of the team, the last one first: work goes around. */
  earlier: readonly string[];
}

export interface ChosenReviewer {
  /** Null: nobody in the organisation may review it. */
  person: string | null;
  /** A sentence: why this person; loud when it is nobody of the team. */
  because: string;
  /** Nobody of the team and no stakeholder may review it. */
  isEscalated: boolean;
}

export function chooseDigestReviewer(people: DigestPeople, snapshot: Snapshot): ChosenReviewer {
  const groups = groupsOf(people, snapshot);
  const best = (group: readonly string[]): string | undefined =>
    group
      .filter((person) => mayReview(person, snapshot) && !hasWorkedAll(person, people.workedBy))
      .map((person) => ({ person, key: rank(person, people) }))
      .toSorted((a, b) => a.key.localeCompare(b.key))[0]?.person;

  const team = documentTitle(snapshot, 'Team', people.team);
  const of = (person: string): string => nameOf(person, snapshot);
  const member = best(groups.members);
  if (member !== undefined)
    return { person: member, because: `${of(member)} is in team ${team}`, isEscalated: false };
  const stakeholder = best(groups.stakeholders);
  if (stakeholder !== undefined)
    return {
      person: stakeholder,
      because: `Nobody else in team ${team} may review it; ${of(stakeholder)} is a stakeholder`,
      isEscalated: false,
    };
  const nobody = `Nobody in team ${team} and no stakeholder may review it: each of them worked all of its incidents, or there is none`;
  const manager = best(groups.managers);
  if (manager !== undefined)
    return {
      person: manager,
      because: `${nobody}. It went to the manager ${of(manager)}`,
      isEscalated: true,
    };
  const admin = best(groups.admins);
  if (admin !== undefined)
    return { person: admin, because: `${nobody}. It went to the admin ${of(admin)}`, isEscalated: true };
  const help = `Add a member to team ${team}, or pull incidents out`;
  return {
    person: null,
    because: `${nobody}, and no manager or admin may either. ${help}`,
    isEscalated: true,
  };
}

const nameOf = (person: string, snapshot: Snapshot): string =>
  snapshot.get('Person', person)?.spec.displayName ?? person;

/** Why this person may not approve the digest; null when they may. */
export function mayNotApproveDigest(
  person: string,
  people: DigestPeople,
  snapshot: Snapshot,
): { code: string; detail: string } | null {
  const stranger = mayNotDecideDigest(person, people, snapshot);
  if (stranger !== null) return stranger;
  return hasWorkedAll(person, people.workedBy)
    ? {
        code: 'worked_all',
        detail: `${nameOf(person, snapshot)} worked all of these incidents; somebody else has to approve them, or incidents have to be pulled out`,
      }
    : null;
}

/** Pulling out makes the review heavier: whoever worked the incidents may do that. */
export function mayNotDecideDigest(
  person: string,
  people: DigestPeople,
  snapshot: Snapshot,
): { code: string; detail: string } | null {
  const { members, stakeholders, managers, admins } = groupsOf(people, snapshot);
  const isOne = [members, stakeholders, managers, admins].some((group) => group.includes(person));
  return isOne && mayReview(person, snapshot)
    ? null
    : {
        code: 'not_a_reviewer',
        detail: `${nameOf(person, snapshot)} is not in team ${documentTitle(snapshot, 'Team', people.team)}, and no stakeholder of its incidents, manager or admin`,
      };
}

function groupsOf({ team, stakeholders }: DigestPeople, snapshot: Snapshot) {
  const spec = snapshot.get('Team', team)?.spec;
  return {
    members: spec?.members ?? [],
    stakeholders,
    managers: spec?.managers ?? [],
    admins: snapshot
      .list('Person')
      .filter((document) => document.spec.role === 'admin')
      .map((document) => document.name),
  };
}

const mayReview = (person: string, snapshot: Snapshot): boolean => {
  const role = snapshot.get('Person', person)?.spec.role;
  return role !== undefined && mayDo(role, 'postmortem.review');
};

const hasWorkedAll = (person: string, workedBy: DigestPeople['workedBy']): boolean =>
  workedBy.length > 0 && workedBy.every((people) => people.includes(person));

/** Who worked fewest of them comes first, then who reviewed longest ago, then by name. */
function rank(person: string, { workedBy, earlier }: DigestPeople): string {
  const worked = workedBy.filter((people) => people.includes(person)).length;
  const last = earlier.indexOf(person);
  const recent = last < 0 ? 0 : earlier.length - last;
  return `${String(worked).padStart(4, '0')} ${String(recent).padStart(4, '0')} ${person}`;
}

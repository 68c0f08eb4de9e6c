/** Resolves the targets of a policy step to people at one instant. No function throws: a bad reference must not stop a page. */
import { CALLS_MAX } from '../config/policy-loops.js';
import { mayAnswer } from '../access/permissions.js';
import { documentTitle } from '../config/display-names.js';
import type { ConfigSnapshot } from '../config/specs.js';
import type { PolicyTarget, RotationTarget } from '../escalation/policy-spec.js';
import { truncateList } from '../shared/truncate-list.js';
import { slotAt } from './on-call-at.js';
import { scheduleHistory } from './revisions.js';
import {
  inRotation,
  policyListKey,
  targetListKey,
  type RotationPosition,
  type RotationPositions,
} from './round-robin.js';
import { ScheduleError } from './schedule.js';

interface ResolvedPerson {
  person: string;
  /** Reason shown to people: `schedule checkout-primary (now)`. The first target that names a person gives the reason. */
  because: string;
}

interface EmptyTarget {
  /** As shown to people: `schedule checkout-primary (next)`. */
  target: string;
  reason: string;
}

export interface ResolvedTargets {
  people: ResolvedPerson[];
  /** Targets, and members of targets, that reach no person, each with a sentence giving the reason. */
  empty: EmptyTarget[];
  /** Round-robin positions that this page advances; the caller stores them only when it really pages. */
  taken: RotationPosition[];
}

/** Input for round robins. Without it every list starts with its first member, and every person counts as reachable. */
export interface Rotating {
  /** Key of the target list: `policyListKey(name, step)` or the catch-all's. */
  listKey: string;
  positions: RotationPositions;
  /** True when the person has a usable contact; others are skipped. */
  reachable: (person: string) => boolean;
  /** Reason for skipping a person that is not a missing contact. */
  passedOver?: (person: string) => string | undefined;
}

/** Limit of reported empty targets per page; the first ones are enough to repair the policy. */
const EMPTY_MAX = 50;

/** `told`: target and reason without the path of policies, for deduplication. */
type Empty = EmptyTarget & { told: string };

interface Found {
  people: ResolvedPerson[];
  empty: Empty[];
  taken: RotationPosition[];
}

/**
 * Resolution context. `policies`: those being resolved, so that two that name each other end. `found`: all results so far; each
 * policy is resolved once, because policies that name each other repeatedly would multiply.
 */
interface Context extends Rotating {
  snapshot: ConfigSnapshot;
  at: string;
  policies: readonly string[];
  found: Map<string, Found>;
}

/** `atIso` is an instant; overrides are the snapshot's live ones. Each person appears once, in order of naming. */
export function resolveTargets(
  targets: readonly PolicyTarget[],
  snapshot: ConfigSnapshot,
  atIso: string,
  taking: Rotating = { listKey: '', positions: new Map(), reachable: () => true },
): ResolvedTargets {
  const { people, empty, taken } = resolveAll(targets, {
    ...taking,
    snapshot,
    at: atIso,
    policies: [],
    found: new Map(),
  });
  return { people, empty: empty.map(({ target, reason }) => ({ target, reason })), taken };
}

/** Deduplicates: a person named in two ways keeps the first. */
function resolveAll(targets: readonly PolicyTarget[], context: Context): Found {
  const people = new Map<string, ResolvedPerson>();
  const empty = new Map<string, Empty>();
  const taken = new Map<string, RotationPosition>();
  for (const [index, target] of targets.entries()) {
    const part = resolveTarget(target, { ...context, listKey: targetListKey(context.listKey, index) });
    for (const one of part.people) if (!people.has(one.person)) people.set(one.person, one);
    for (const one of part.empty)
      if (empty.size < EMPTY_MAX && !empty.has(one.told)) empty.set(one.told, one);
    for (const turn of part.taken) if (!taken.has(turn.listKey)) taken.set(turn.listKey, turn);
  }
  return { people: [...people.values()], empty: [...empty.values()], taken: [...taken.values()] };
}

function resolveTarget(target: PolicyTarget, context: Context): Found {
  if ('roundRobin' in target && target.roundRobin !== false) return resolveRoundRobin(target, context);
  if ('person' in target) return known([target.person], NAMED, target, context);
  if ('team' in target) return resolveTeam(target, context);
  if ('policy' in target) return resolvePolicy(target, context);
  return 'schedule' in target ? resolveSchedule(target, context) : nobody(target, 'names nobody');
}

/** The first member, starting at the next position, with a reachable person on call. */
function resolveRoundRobin(target: PolicyTarget, context: Context): Found {
  const members = rotationMembers(target, context);
  if (members.length === 0) return nobody(target, `${titleOf(target, context.snapshot)} has nobody in it`);
  const { listKey, positions, reachable, passedOver: whyOf } = context;
  const passed: Empty[] = [];
  for (const { member, index } of inRotation(members, textOf, positions.get(listKey))) {
    const found = resolveTarget(member, context);
    if (found.people.some(({ person }) => reachable(person))) {
      const because = `round robin, ${index + 1} of ${members.length}${passedOver(passed)}`;
      return {
        people: found.people.map(({ person, because: why }) => ({
          person,
          because: why === NAMED ? because : `${because}, ${why}`,
        })),
        empty: found.empty,
        taken: [...found.taken, { listKey, member: textOf(member), index }],
      };
    }
    const unreachable = found.people.map(({ person }) =>
      emptyOf(member, `${personTitle(person, context.snapshot)} ${whyOf?.(person) ?? 'has no contact'}`),
    );
    passed.push(...[...found.empty, ...unreachable].slice(0, EMPTY_MAX - passed.length));
  }
  return { people: [], empty: passed, taken: [] };
}

const NAMED = 'named by the step';

/** Limit of this text in each message's reason. */
const PASSED_TEXT_MAX = 200;

const passedOver = (passed: readonly Empty[]): string =>
  passed.length === 0
    ? ''
    : ` (passed over: ${truncateList(
        passed.map(({ reason }) => reason),
        { max: PASSED_TEXT_MAX },
      )})`;

function rotationMembers(target: PolicyTarget, { snapshot }: Context): RotationTarget[] {
  if ('team' in target) {
    const members = snapshot.get('Team', target.team)?.spec.members ?? [];
    return members.flatMap((person) => {
      const role = snapshot.get('Person', person)?.spec.role;
      return role === undefined || mayAnswer(role) ? [{ person }] : [];
    });
  }
  return 'roundRobin' in target ? target.roundRobin : [];
}

function resolveTeam(target: { team: string }, context: Context): Found {
  const team = context.snapshot.get('Team', target.team);
  const title = titleOf(target, context.snapshot);
  if (team === undefined) return nobody(target, `${title} does not exist`);
  if (team.spec.members.length === 0) return nobody(target, `${title} has no members`);
  return known(team.spec.members, title, target, context);
}

function resolveSchedule(target: Extract<PolicyTarget, { schedule: string }>, context: Context): Found {
  const { schedule: name, slot = 'now' } = target;
  const title = documentTitle(context.snapshot, 'Schedule', name);
  try {
    const schedule = scheduleHistory(context.snapshot, name);
    if (schedule === undefined) return nobody(target, `schedule ${title} does not exist`);
    const person = slotAt(schedule, context.at, slot);
    if (person === null) return nobody(target, nobodyIn[slot](title));
    return known([person], titleOf(target, context.snapshot), target, context);
  } catch (error) {
    if (error instanceof ScheduleError)
      return nobody(target, `schedule ${title} cannot be resolved: ${error.message}`);
    throw error;
  }
}

const nobodyIn = {
  now: (schedule: string): string => `nobody is on call in schedule ${schedule}`,
  next: (schedule: string): string => `nobody else comes next in schedule ${schedule}`,
  previous: (schedule: string): string => `nobody else was on call before in schedule ${schedule}`,
};

/** Another team's policy stands for its first step, as if that team had been called. */
function resolvePolicy(target: { policy: string }, context: Context): Found {
  const { policy: name } = target;
  const title = (policy: string): string => documentTitle(context.snapshot, 'EscalationPolicy', policy);
  if (context.policies.includes(name)) {
    return nobody(
      target,
      `policy ${title(name)} leads back to itself: ${[...context.policies, name].map(title).join(' → ')}`,
    );
  }
  // Such a policy is refused on application, but a page must not fail on one that is in force anyway.
  if (context.policies.length >= CALLS_MAX)
    return nobody(target, `policy ${title(name)} is called through more than ${CALLS_MAX} others`);
  const known = context.found.get(name);
  if (known !== undefined) return known;
  const found = resolveFirstStep(target, context);
  context.found.set(name, found);
  return found;
}

function resolveFirstStep(target: { policy: string }, context: Context): Found {
  const { policy: name } = target;
  const policy = context.snapshot.get('EscalationPolicy', name);
  const title = `policy ${documentTitle(context.snapshot, 'EscalationPolicy', name)}`;
  if (policy === undefined) return nobody(target, `${title} does not exist`);
  const [first] = policy.spec.steps;
  if (first === undefined || first.notify.length === 0)
    return nobody(target, `${title} names nobody in its first step`);
  const inside = resolveAll(first.notify, {
    ...context,
    listKey: policyListKey(name, 1),
    policies: [...context.policies, name],
  });
  return {
    people: inside.people.map(({ person, because }) => ({ person, because: `${title}, ${because}` })),
    empty: inside.empty.map((one) => ({ ...one, reason: `${title}: ${one.reason}` })),
    taken: inside.taken,
  };
}

function known(
  people: readonly string[],
  because: string,
  target: PolicyTarget,
  { snapshot }: Context,
): Found {
  const why = (person: string): string | null => {
    const document = snapshot.get('Person', person);
    if (document === undefined) return 'does not exist';
    const { role } = document.spec;
    // A person named directly is paged in any role; a shift or a team pages only people who may answer.
    return 'person' in target || mayAnswer(role) ? null : `has the role ${role}, which answers no incidents`;
  };
  return {
    people: people.filter((person) => why(person) === null).map((person) => ({ person, because })),
    empty: people.flatMap((person) => {
      const reason = why(person);
      return reason === null
        ? []
        : [emptyOf(target, `person ${personTitle(person, snapshot)} (${because}) ${reason}`)];
    }),
    taken: [],
  };
}

function nobody(target: PolicyTarget, reason: string): Found {
  return { people: [], empty: [emptyOf(target, reason)], taken: [] };
}

function emptyOf(target: PolicyTarget, reason: string): Empty {
  const text = textOf(target);
  return { target: text, reason, told: `${text}: ${reason}` };
}

const personTitle = (person: string, snapshot: ConfigSnapshot): string =>
  snapshot.get('Person', person)?.spec.displayName ?? person;

/** A key of positions in round robins: `schedule checkout-primary (now)`. */
function textOf(target: PolicyTarget): string {
  return wordsOf(target, (_kind, name) => name);
}

/** As shown to people: `schedule Checkout, first line (now)`. */
export const titleOf = (target: PolicyTarget, snapshot: ConfigSnapshot): string =>
  wordsOf(target, (kind, name) =>
    kind === 'Person' ? personTitle(name, snapshot) : documentTitle(snapshot, kind, name),
  );

type Naming = (kind: 'Person' | 'Team' | 'Schedule' | 'EscalationPolicy', name: string) => string;

function wordsOf(target: PolicyTarget, called: Naming): string {
  if ('roundRobin' in target && target.roundRobin !== false)
    return 'team' in target
      ? `round robin of team ${called('Team', target.team)}`
      : `round robin of ${target.roundRobin.map((one) => wordsOf(one, called)).join(', ')}`;
  if ('schedule' in target)
    return `schedule ${called('Schedule', target.schedule)} (${target.slot ?? 'now'})`;
  if ('person' in target) return `person ${called('Person', target.person)}`;
  if ('team' in target) return `team ${called('Team', target.team)}`;
  return 'policy' in target ? `policy ${called('EscalationPolicy', target.policy)}` : 'nobody';
}

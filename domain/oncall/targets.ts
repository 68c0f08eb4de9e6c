/** Turns what a policy step names into people, at one instant. Nothing here throws: a bad reference must not stop a page. */
import { CALLS_MAX } from '../config/policy-loops.js';
import { mayAnswer } from '../access/permissions.js';
import type { ConfigSnapshot, PolicyTarget, TurnTarget } from '../config/specs.js';
import { inShort } from '../shared/in-short.js';
import { slotAt } from './on-call-at.js';
import { scheduleHistory } from './revisions.js';
import { inTurn, policyPlace, targetPlace, type Turn, type Turns } from './round-robin.js';
import { ScheduleError } from './schedule.js';

export interface ResolvedPerson {
  person: string;
  /** Said to people: `schedule checkout-primary (now)`. The first target that names a person gives the reason. */
  because: string;
}

export interface EmptyTarget {
  /** As it is written for people: `schedule checkout-primary (next)`. */
  target: string;
  reason: string;
}

export interface ResolvedTargets {
  people: ResolvedPerson[];
  /** Targets, and members of targets, that reach nobody, each with a sentence that says why. */
  empty: EmptyTarget[];
  /** Turns of round robins that this page takes; the asker keeps them when it really pages. */
  taken: Turn[];
}

/** What a round robin needs to know. Without it every list begins with its first, and everybody counts as reachable. */
export interface TurnTaking {
  /** Where the targets stand: `policyPlace(name, step)` or the catch-all's. */
  place: string;
  turns: Turns;
  /** Has this person any way to be reached? Who has none is passed over. */
  reachable: (person: string) => boolean;
  /** Why not, where that is not for want of a contact. */
  passedOver?: (person: string) => string | undefined;
}

/** At most so many are told of one page: who reads them mends the first ones. */
const EMPTY_MAX = 50;

/** `told`: its target and reason without the policies it was found through, which tell one from another. */
type Empty = EmptyTarget & { told: string };

interface Found {
  people: ResolvedPerson[];
  empty: Empty[];
  taken: Turn[];
}

/**
 * What resolving needs. `policies` are those it is inside of, so that two that name each other end. `found` are all met so
 * far: each is resolved once, or policies that name each other again and again would multiply.
 */
interface Context extends TurnTaking {
  snapshot: ConfigSnapshot;
  at: string;
  policies: readonly string[];
  found: Map<string, Found>;
}

/** `atIso` is an instant; overrides are the snapshot's live ones. Each person comes once, in order of naming. */
export function resolveTargets(
  targets: readonly PolicyTarget[],
  snapshot: ConfigSnapshot,
  atIso: string,
  taking: TurnTaking = { place: '', turns: new Map(), reachable: () => true },
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

/** Everything once: what is named by two ways is found by the first. */
function resolveAll(targets: readonly PolicyTarget[], context: Context): Found {
  const people = new Map<string, ResolvedPerson>();
  const empty = new Map<string, Empty>();
  const taken = new Map<string, Turn>();
  for (const [index, target] of targets.entries()) {
    const part = resolveTarget(target, { ...context, place: targetPlace(context.place, index) });
    for (const one of part.people) if (!people.has(one.person)) people.set(one.person, one);
    for (const one of part.empty)
      if (empty.size < EMPTY_MAX && !empty.has(one.told)) empty.set(one.told, one);
    for (const turn of part.taken) if (!taken.has(turn.place)) taken.set(turn.place, turn);
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

/** The first, from whose turn it is on, with somebody on call who can be reached. */
function resolveRoundRobin(target: PolicyTarget, context: Context): Found {
  const members = turnMembers(target, context);
  if (members.length === 0) return nobody(target, `${textOf(target)} has nobody in it`);
  const { place, turns, reachable, passedOver: whyOf } = context;
  const passed: Empty[] = [];
  for (const { member, index } of inTurn(members, textOf, turns.get(place))) {
    const found = resolveTarget(member, context);
    if (found.people.some(({ person }) => reachable(person))) {
      const because = `round robin, ${index + 1} of ${members.length}${passedOver(passed)}`;
      return {
        people: found.people.map(({ person, because: why }) => ({
          person,
          because: why === NAMED ? because : `${because}, ${why}`,
        })),
        empty: found.empty,
        taken: [...found.taken, { place, member: textOf(member), index }],
      };
    }
    const unreachable = found.people.map(({ person }) =>
      emptyOf(member, `${person} ${whyOf?.(person) ?? 'has no contact'}`),
    );
    passed.push(...[...found.empty, ...unreachable].slice(0, EMPTY_MAX - passed.length));
  }
  return { people: [], empty: passed, taken: [] };
}

const NAMED = 'named by the step';

/** Stands in each message's reason. */
const PASSED_TEXT_MAX = 200;

const passedOver = (passed: readonly Empty[]): string =>
  passed.length === 0
    ? ''
    : ` (passed over: ${inShort(
        passed.map(({ reason }) => reason),
        { max: PASSED_TEXT_MAX },
      )})`;

function turnMembers(target: PolicyTarget, { snapshot }: Context): TurnTarget[] {
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
  if (team === undefined) return nobody(target, `team ${target.team} does not exist`);
  if (team.spec.members.length === 0) return nobody(target, `team ${target.team} has no members`);
  return known(team.spec.members, `team ${target.team}`, target, context);
}

function resolveSchedule(target: Extract<PolicyTarget, { schedule: string }>, context: Context): Found {
  const { schedule: name, slot = 'now' } = target;
  try {
    const schedule = scheduleHistory(context.snapshot, name);
    if (schedule === undefined) return nobody(target, `schedule ${name} does not exist`);
    const person = slotAt(schedule, context.at, slot);
    if (person === null) return nobody(target, nobodyIn[slot](name));
    return known([person], textOf(target), target, context);
  } catch (error) {
    if (error instanceof ScheduleError)
      return nobody(target, `schedule ${name} cannot be resolved: ${error.message}`);
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
  if (context.policies.includes(name)) {
    return nobody(target, `policy ${name} leads back to itself: ${[...context.policies, name].join(' → ')}`);
  }
  // Refused when it is applied; a page must not fail on one that is in force all the same.
  if (context.policies.length >= CALLS_MAX)
    return nobody(target, `policy ${name} is called through more than ${CALLS_MAX} others`);
  const known = context.found.get(name);
  if (known !== undefined) return known;
  const found = resolveFirstStep(target, context);
  context.found.set(name, found);
  return found;
}

function resolveFirstStep(target: { policy: string }, context: Context): Found {
  const { policy: name } = target;
  const policy = context.snapshot.get('EscalationPolicy', name);
  if (policy === undefined) return nobody(target, `policy ${name} does not exist`);
  const [first] = policy.spec.steps;
  if (first === undefined || first.notify.length === 0)
    return nobody(target, `policy ${name} names nobody in its first step`);
  const inside = resolveAll(first.notify, {
    ...context,
    place: policyPlace(name, 1),
    policies: [...context.policies, name],
  });
  return {
    people: inside.people.map(({ person, because }) => ({ person, because: `policy ${name}, ${because}` })),
    empty: inside.empty.map((one) => ({ ...one, reason: `policy ${name}: ${one.reason}` })),
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
    // Whoever is named is meant; a shift or a team asks only those who may answer.
    return 'person' in target || mayAnswer(role) ? null : `has the role ${role}, which answers no incidents`;
  };
  return {
    people: people.filter((person) => why(person) === null).map((person) => ({ person, because })),
    empty: people.flatMap((person) => {
      const reason = why(person);
      return reason === null ? [] : [emptyOf(target, `person ${person} (${because}) ${reason}`)];
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

/** As it is written for people: `schedule checkout-primary (now)`. */
export function textOf(target: PolicyTarget): string {
  if ('roundRobin' in target && target.roundRobin !== false)
    return 'team' in target
      ? `round robin of team ${target.team}`
      : `round robin of ${target.roundRobin.map(textOf).join(', ')}`;
  if ('schedule' in target) return `schedule ${target.schedule} (${target.slot ?? 'now'})`;
  if ('person' in target) return `person ${target.person}`;
  if ('team' in target) return `team ${target.team}`;
  return 'policy' in target ? `policy ${target.policy}` : 'nobody';
}

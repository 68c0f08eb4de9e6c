/** Turns what a policy step names into people, at one instant. Nothing here throws: a bad reference must not stop a page. */
import type { ConfigSnapshot, PolicyTarget, TurnTarget } from '../config/specs.js';
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
}

/**
 * What resolving needs. `policies` are those it is inside of, so that two that name each other end; `resolved` are all met
 * so far: a second look would find the same people, and policies that name each other twice would multiply.
 */
interface Context extends TurnTaking {
  snapshot: ConfigSnapshot;
  at: string;
  policies: readonly string[];
  resolved: Set<string>;
}

/** `atIso` is an instant; overrides are the snapshot's live ones. Each person comes once, in order of naming. */
export function resolveTargets(
  targets: readonly PolicyTarget[],
  snapshot: ConfigSnapshot,
  atIso: string,
  taking: TurnTaking = { place: '', turns: new Map(), reachable: () => true },
): ResolvedTargets {
  const found = resolveAll(targets, {
    ...taking,
    snapshot,
    at: atIso,
    policies: [],
    resolved: new Set(),
  });
  const byName = new Map<string, ResolvedPerson>();
  for (const entry of found.people) if (!byName.has(entry.person)) byName.set(entry.person, entry);
  return { ...found, people: [...byName.values()] };
}

function resolveAll(targets: readonly PolicyTarget[], context: Context): ResolvedTargets {
  const parts = targets.map((target, index) =>
    resolveTarget(target, { ...context, place: targetPlace(context.place, index) }),
  );
  return {
    people: parts.flatMap(({ people }) => people),
    empty: parts.flatMap(({ empty }) => empty),
    taken: parts.flatMap(({ taken }) => taken),
  };
}

function resolveTarget(target: PolicyTarget, context: Context): ResolvedTargets {
  if ('roundRobin' in target && target.roundRobin !== false) return resolveRoundRobin(target, context);
  if ('person' in target) return known([target.person], NAMED, target, context);
  if ('team' in target) return resolveTeam(target, context);
  if ('policy' in target) return resolvePolicy(target, context);
  return 'schedule' in target ? resolveSchedule(target, context) : nobody(target, 'names nobody');
}

/** The first, from whose turn it is on, with somebody on call who can be reached. */
function resolveRoundRobin(target: PolicyTarget, context: Context): ResolvedTargets {
  const members = turnMembers(target, context);
  if (members.length === 0) return nobody(target, `${textOf(target)} has nobody in it`);
  const { place, turns, reachable } = context;
  const passed: EmptyTarget[] = [];
  for (const { member, index } of inTurn(members, textOf, turns.get(place))) {
    // A policy that was passed over may be reached by another way yet: what was met inside counts only when it is taken.
    const resolved = new Set(context.resolved);
    const found = resolveTarget(member, { ...context, resolved });
    if (found.people.some(({ person }) => reachable(person))) {
      for (const policy of resolved) context.resolved.add(policy);
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
    const unreachable = found.people.map(({ person }) => ({
      target: textOf(member),
      reason: `${person} has no contact`,
    }));
    passed.push(...found.empty, ...unreachable);
  }
  return { people: [], empty: passed, taken: [] };
}

const NAMED = 'named by the step';

const passedOver = (passed: readonly EmptyTarget[]): string =>
  passed.length === 0 ? '' : ` (passed over: ${passed.map(({ reason }) => reason).join('; ')})`;

function turnMembers(target: PolicyTarget, { snapshot }: Context): TurnTarget[] {
  if ('team' in target)
    return (snapshot.get('Team', target.team)?.spec.members ?? []).map((person) => ({ person }));
  return 'roundRobin' in target ? target.roundRobin : [];
}

function resolveTeam(target: { team: string }, context: Context): ResolvedTargets {
  const team = context.snapshot.get('Team', target.team);
  if (team === undefined) return nobody(target, `team ${target.team} does not exist`);
  if (team.spec.members.length === 0) return nobody(target, `team ${target.team} has no members`);
  return known(team.spec.members, `team ${target.team}`, target, context);
}

function resolveSchedule(
  target: Extract<PolicyTarget, { schedule: string }>,
  context: Context,
): ResolvedTargets {
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
function resolvePolicy(target: { policy: string }, context: Context): ResolvedTargets {
  const { policy: name } = target;
  if (context.policies.includes(name)) {
    return nobody(target, `policy ${name} leads back to itself: ${[...context.policies, name].join(' → ')}`);
  }
  if (context.resolved.has(name)) return { people: [], empty: [], taken: [] };
  context.resolved.add(name);
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
    empty: inside.empty.map(({ target: inner, reason }) => ({
      target: inner,
      reason: `policy ${name}: ${reason}`,
    })),
    taken: inside.taken,
  };
}

function known(
  people: readonly string[],
  because: string,
  target: PolicyTarget,
  { snapshot }: Context,
): ResolvedTargets {
  const exists = (person: string): boolean => snapshot.get('Person', person) !== undefined;
  return {
    people: people.filter(exists).map((person) => ({ person, because })),
    empty: people
      .filter((person) => !exists(person))
      .map((person) => ({ target: textOf(target), reason: `person ${person} (${because}) does not exist` })),
    taken: [],
  };
}

function nobody(target: PolicyTarget, reason: string): ResolvedTargets {
  return { people: [], empty: [{ target: textOf(target), reason }], taken: [] };
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

/** Turns what a policy step names into people, at one instant. Nothing here throws: a bad reference must not stop a page. */
import type { ConfigSnapshot, PolicyTarget } from '../config/specs.js';
import { slotAt } from './on-call-at.js';
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
}

/**
 * What resolving needs. `policies` are those it is inside of, so that two that name each other end; `resolved` are all met
 * so far: a second look would find the same people, and policies that name each other twice would multiply.
 */
interface Context {
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
): ResolvedTargets {
  const found = resolveAll(targets, { snapshot, at: atIso, policies: [], resolved: new Set() });
  const byName = new Map<string, ResolvedPerson>();
  for (const entry of found.people) if (!byName.has(entry.person)) byName.set(entry.person, entry);
  return { people: [...byName.values()], empty: found.empty };
}

function resolveAll(targets: readonly PolicyTarget[], context: Context): ResolvedTargets {
  const parts = targets.map((target) => resolveTarget(target, context));
  return { people: parts.flatMap(({ people }) => people), empty: parts.flatMap(({ empty }) => empty) };
}

function resolveTarget(target: PolicyTarget, context: Context): ResolvedTargets {
  if ('person' in target) return known([target.person], 'named by the step', target, context);
  if ('team' in target) return resolveTeam(target, context);
  if ('policy' in target) return resolvePolicy(target, context);
  return resolveSchedule(target, context);
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
  const schedule = context.snapshot.get('Schedule', name);
  if (schedule === undefined) return nobody(target, `schedule ${name} does not exist`);
  try {
    const person = slotAt(
      { ...schedule.spec, overrides: context.snapshot.live.overrides.get(name) ?? [] },
      context.at,
      slot,
    );
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
  if (context.resolved.has(name)) return { people: [], empty: [] };
  context.resolved.add(name);
  const policy = context.snapshot.get('EscalationPolicy', name);
  if (policy === undefined) return nobody(target, `policy ${name} does not exist`);
  const [first] = policy.spec.steps;
  if (first === undefined || first.notify.length === 0)
    return nobody(target, `policy ${name} names nobody in its first step`);
  const inside = resolveAll(first.notify, { ...context, policies: [...context.policies, name] });
  return {
    people: inside.people.map(({ person, because }) => ({ person, because: `policy ${name}, ${because}` })),
    empty: inside.empty.map(({ target: inner, reason }) => ({
      target: inner,
      reason: `policy ${name}: ${reason}`,
    })),
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
  };
}

function nobody(target: PolicyTarget, reason: string): ResolvedTargets {
  return { people: [], empty: [{ target: textOf(target), reason }] };
}

function textOf(target: PolicyTarget): string {
  if ('schedule' in target) return `schedule ${target.schedule} (${target.slot ?? 'now'})`;
  if ('person' in target) return `person ${target.person}`;
  return 'team' in target ? `team ${target.team}` : `policy ${target.policy}`;
}

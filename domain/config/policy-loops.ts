/**
 * Detects policies that call each other in a loop or too deeply. A called policy stands for its first step
 * (domain/oncall/targets.ts), so only first steps are followed: two policies that back each other up in a later step are no loop.
 */
import type { PolicySpec, PolicyTarget } from '../escalation/policy-spec.js';
import type { Problem, Referring } from './referring.js';

/**
 * Maximum number of policies that a policy may lead through. A longer chain is a mistake, and each policy of it would be named in
 * the page's reason.
 */
export const CALLS_MAX = 10;

interface Call {
  policy: string;
  path: string;
}

type Policies = ReadonlyMap<string, PolicySpec>;

export function loopProblems(documents: readonly Referring[]): Problem[] {
  const policies: Policies = new Map(
    documents.flatMap((one) => (one.kind === 'EscalationPolicy' ? [[one.name, one.spec] as const] : [])),
  );
  const callers = callersOf(policies);
  const loops = [...policies].flatMap(([name, spec]) => loopsOf(name, spec, callers));
  // A loop would also fail the depth check.
  return loops.length > 0 ? loops : depthProblems(policies);
}

/** For each policy, the policies whose first step calls it. */
function callersOf(policies: Policies): Map<string, Set<string>> {
  const callers = new Map<string, Set<string>>();
  for (const [name, spec] of policies) {
    for (const { policy } of firstCalls(spec)) {
      const known = callers.get(policy);
      if (known === undefined) callers.set(policy, new Set([name]));
      else known.add(name);
    }
  }
  return callers;
}

/**
 * Follows any step of this policy, then first steps only, back to it. Reports one problem, at the first target that leads there.
 */
function loopsOf(
  name: string,
  spec: PolicySpec,
  callers: ReadonlyMap<string, ReadonlySet<string>>,
): Problem[] {
  const own = called(spec);
  if (own.length === 0) return [];
  const next = towards(name, callers);
  const call = own.find(({ policy }) => policy === name || next.has(policy));
  if (call === undefined) return [];
  const circle = [name];
  for (let at: string | undefined = call.policy; at !== undefined && at !== name; at = next.get(at))
    circle.push(at);
  return [problem(name, call, `the policy leads back to itself: ${[...circle, name].join(' → ')}`)];
}

/** Every policy whose first step leads to this one, with the next policy on the shortest way. */
function towards(name: string, callers: ReadonlyMap<string, ReadonlySet<string>>): Map<string, string> {
  const next = new Map<string, string>();
  const open = [name];
  for (const at of open) {
    for (const caller of callers.get(at) ?? []) {
      if (caller === name || next.has(caller)) continue;
      next.set(caller, at);
      open.push(caller);
    }
  }
  return next;
}

/** Runs in rounds: after round n only policies that lead through more than n others remain. */
function depthProblems(policies: Policies): Problem[] {
  let deep: ReadonlySet<string> = new Set(policies.keys());
  for (let round = 0; round < CALLS_MAX && deep.size > 0; round++) {
    const before = deep;
    deep = new Set(
      [...before].filter((name) => firstCalls(policies.get(name)).some(({ policy }) => before.has(policy))),
    );
  }
  return [...policies].flatMap(([name, spec]) => {
    const call = called(spec).find(({ policy }) => deep.has(policy));
    const message = `the policy leads through more than ${CALLS_MAX} others`;
    return call === undefined ? [] : [problem(name, call, message)];
  });
}

const problem = (name: string, { path }: Call, message: string): Problem => ({
  severity: 'error',
  kind: 'EscalationPolicy',
  name,
  path,
  message,
});

const called = (spec: PolicySpec): Call[] =>
  spec.steps.flatMap(({ notify }, step) => calledBy(notify, `spec.steps[${step}].notify`));

const firstCalls = (spec: PolicySpec | undefined): Call[] =>
  calledBy(spec?.steps[0]?.notify ?? [], 'spec.steps[0].notify');

const calledBy = (targets: readonly PolicyTarget[], path: string): Call[] =>
  targets.flatMap((target, index) => {
    if ('policy' in target) return [{ policy: target.policy, path: `${path}[${index}].policy` }];
    return 'roundRobin' in target && Array.isArray(target.roundRobin)
      ? calledBy(target.roundRobin, `${path}[${index}].roundRobin`)
      : [];
  });

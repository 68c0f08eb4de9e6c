/** Policies that call each other in a circle: whoever is paged by one would wait for the other. */
import type { PolicySpec, PolicyTarget } from './specs.js';
import type { Problem, Referring } from './referring.js';

export function loopProblems(documents: readonly Referring[]): Problem[] {
  const policies = new Map(
    documents.flatMap((one) => (one.kind === 'EscalationPolicy' ? [[one.name, one.spec] as const] : [])),
  );
  const done = new Set<string>();
  const problems: Problem[] = [];
  for (const start of policies.keys()) walk(start, []);
  return problems;

  function walk(name: string, trail: readonly string[]): void {
    if (done.has(name)) return;
    for (const { policy, path } of called(policies.get(name))) {
      const from = [...trail, name].indexOf(policy);
      if (from === -1) {
        walk(policy, [...trail, name]);
        continue;
      }
      const circle = [...trail, name].slice(from);
      const message = `the policy leads back to itself: ${[...circle, policy].join(' → ')}`;
      problems.push({ severity: 'error', kind: 'EscalationPolicy', name, path, message });
    }
    done.add(name);
  }
}

const called = (spec: PolicySpec | undefined): { policy: string; path: string }[] =>
  (spec?.steps ?? []).flatMap(({ notify }, step) => calledBy(notify, `spec.steps[${step}].notify`));

const calledBy = (targets: readonly PolicyTarget[], path: string): { policy: string; path: string }[] =>
  targets.flatMap((target, index) => {
    if ('policy' in target) return [{ policy: target.policy, path: `${path}[${index}].policy` }];
    return 'roundRobin' in target && Array.isArray(target.roundRobin)
      ? calledBy(target.roundRobin, `${path}[${index}].roundRobin`)
      : [];
  });

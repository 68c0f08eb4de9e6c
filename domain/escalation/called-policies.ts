/** Policies that a policy names as targets. They are frozen together with it, so an edit applies to the next incident only. */
import type { ConfigSnapshot } from '../config/specs.js';
import type { PolicySpec, PolicyTarget } from './policy-spec.js';
import type { NamedPolicy, ResponseEscalation } from '../incident/response.js';
import { withPolicy } from './proposed-policy.js';

/** Each policy once, in order of first mention. Only the first step of a called policy is frozen. */
export function calledPolicies(snapshot: Pick<ConfigSnapshot, 'get'>, spec: PolicySpec): NamedPolicy[] {
  const called = new Map<string, NamedPolicy>();
  const call = (target: PolicyTarget): void => {
    if ('roundRobin' in target && Array.isArray(target.roundRobin)) target.roundRobin.forEach(call);
    if (!('policy' in target) || called.has(target.policy)) return;
    const policy = snapshot.get('EscalationPolicy', target.policy);
    if (policy === undefined) return;
    const { name, revision } = policy;
    const steps = policy.spec.steps.slice(0, 1);
    called.set(name, { name, revision, spec: { ...policy.spec, steps } });
    for (const step of steps) step.notify.forEach(call);
  };
  for (const step of spec.steps) step.notify.forEach(call);
  return [...called.values()];
}

/** The configuration in force, with the policies that this escalation calls as they were when it began. */
export const asCalled = (snapshot: ConfigSnapshot, { called = [] }: ResponseEscalation): ConfigSnapshot =>
  called.reduce((frozen, { name, revision, spec }) => withPolicy(frozen, name, spec, revision), snapshot);

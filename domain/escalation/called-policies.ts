/** Policies of other teams that a policy names as targets: they are frozen with it, so an edit counts for the next incident. */
import type { ConfigSnapshot, PolicySpec, PolicyTarget } from '../config/specs.js';
import type { NamedPolicy, ResponseTrack } from '../incident/response.js';
import { withPolicy } from './proposed-policy.js';

/** Each once, in order of naming. Of a called policy the first step counts alone, and no other is kept. */
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

/** The configuration in force, with the policies that this track calls as they were when it began. */
export const asCalled = (snapshot: ConfigSnapshot, { called = [] }: ResponseTrack): ConfigSnapshot =>
  called.reduce((frozen, { name, revision, spec }) => withPolicy(frozen, name, spec, revision), snapshot);

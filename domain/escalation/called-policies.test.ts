import { expect, it } from '@jest/globals';
import type { ConfigDocument } from '../config/specs.js';
import type { PolicySpec, PolicyTarget } from './policy-spec.js';
import { asCalled, calledPolicies } from './called-policies.js';
import { snapshotWith } from './testing/snapshot.js';

const calling = (...notify: PolicyTarget[]): PolicySpec => ({
  team: 'checkout',
  repeat: 0,
  steps: [
    { notify, wait: '5m' },
    { notify: [{ policy: 'second-step' }], wait: '5m' },
  ],
});
const policy = (name: string, ...notify: PolicyTarget[]): ConfigDocument<'EscalationPolicy'> => ({
  kind: 'EscalationPolicy',
  name,
  revision: 7,
  spec: calling(...notify),
});

const snapshot = snapshotWith(
  policy('platform', { policy: 'network' }),
  policy('network', { policy: 'platform' }, { person: 'ana' }),
  policy('second-step', { person: 'bo' }),
);

it('are those of every step, those in round robins, and those that the first steps of these call', () => {
  const spec = calling({ roundRobin: [{ person: 'ana' }, { policy: 'platform' }] }, { policy: 'gone' });
  const called = calledPolicies(snapshot, spec);
  expect(called.map(({ name, revision, spec: { steps } }) => [name, revision, steps.length])).toEqual([
    ['platform', 7, 1],
    ['network', 7, 1],
    ['second-step', 7, 1],
  ]);
});

it('stay as they were when the escalation began, whatever is applied or deleted later', () => {
  const { spec, ...policyOfEscalation } = policy('checkout', { policy: 'platform' });
  const escalation = {
    name: 'checkout',
    team: 'checkout',
    discipline: 'development',
    required: false,
    policy: { ...policyOfEscalation, spec },
    called: calledPolicies(snapshot, spec),
  };
  const later = asCalled(snapshotWith(policy('platform', { person: 'cleo' }), policy('new')), escalation);
  expect(later.get('EscalationPolicy', 'platform')?.spec.steps[0]?.notify).toEqual([{ policy: 'network' }]);
  expect(later.get('EscalationPolicy', 'network')?.revision).toBe(7);
  expect(later.get('EscalationPolicy', 'new')?.name).toBe('new');
});

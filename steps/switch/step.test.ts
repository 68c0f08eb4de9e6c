import { expect, it } from '@jest/globals';
import { renderStep } from '../../domain/runbook/render-step.js';
import { readStep } from '../registry.js';

it('a switch offers its cases and has no effect of its own', () => {
  const cases = [{ if: '${{ true }}', goto: 'end' }];
  const { fields, rules } = readStep({ switch: cases });
  expect(rules.endedBy === 'branch' && rules.cases(fields)).toEqual(cases);
  expect(() => renderStep({ id: 'go', switch: cases }, null)).toThrow('a switch only branches');
});

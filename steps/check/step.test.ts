import { describe, expect, it } from '@jest/globals';
import { check } from './step.js';

const context = {
  scope: { inputs: { host: 'db-1', port: 5432 }, incident: {}, alert: null, steps: {} },
  hosts: ['*.internal'],
  limitMs: 5_000,
};

describe('a check step', () => {
  it.each([
    [
      { tcp: '${{ inputs.host }}.internal', port: 5432 },
      { tcp: 'db-1.internal', port: 5432 },
    ],
    [
      { tls: '${{ inputs.host }}.internal', minDays: 7 },
      { tls: 'db-1.internal', minDays: 7 },
    ],
    [
      { dns: 'a.internal', expect: '${{ inputs.host }}' },
      { dns: 'a.internal', expect: 'db-1' },
    ],
    [{ http: 'https://a.internal/${{ inputs.host }}' }, { http: 'https://a.internal/db-1' }],
  ])('%j is rendered for its target', (fields, rendered) => {
    expect(check.render(fields, context)).toEqual({ kind: 'check', check: rendered, timeoutMs: 5_000 });
  });

  it('goes to no host but those of its runbook', () => {
    expect(() => check.render({ tcp: '${{ inputs.host }}.example', port: 1 }, context)).toThrow(
      /not one of the runbook's hosts/,
    );
  });
});

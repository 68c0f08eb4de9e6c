import { expect, it } from '@jest/globals';
import { manual } from './step.js';

it('a manual step shows its text, the name of a secret instead of its value, and waits as long as the run', () => {
  const scope = { inputs: { x: 'db-1' }, incident: {}, alert: null, steps: {} };
  const text = 'Open ${{ inputs.x }} with ${{ secrets.db }}';
  expect(manual.render(text, { scope, hosts: undefined, limitMs: null })).toEqual({
    kind: 'manual',
    text: 'Open db-1 with {{secret:db}}',
    timeoutMs: null,
  });
  expect(manual.request?.(text)).toBe(text);
});

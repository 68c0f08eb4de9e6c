import { expect, it } from '@jest/globals';
import { wait } from './step.js';

it.each([
  ['5m', 300_000],
  ['90s', 90_000],
] as const)('a wait of %s lasts %d ms', (fields, ms) => {
  expect(wait.render(fields, { scope: null, hosts: undefined, limitMs: null })).toEqual({ kind: 'wait', ms });
});

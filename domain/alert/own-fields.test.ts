import { expect, it } from '@jest/globals';
import { ownFields } from './own-fields.js';

it('are lines, whatever their shape', () => {
  expect(
    ownFields({
      region: 'eu-1',
      host: { name: 'db-1', load: 12.5, tags: ['a', 'b'] },
      steps: [{ at: 1 }],
      ok: false,
      none: null,
      blank: ' ',
    }),
  ).toEqual([
    { name: 'region', value: 'eu-1' },
    { name: 'host.name', value: 'db-1' },
    { name: 'host.load', value: '12.5' },
    { name: 'host.tags', value: 'a, b' },
    { name: 'steps.0.at', value: '1' },
    { name: 'ok', value: 'false' },
  ]);
});

it.each([
  ['only a text', [{ name: 'details', value: 'only a text' }]],
  [null, []],
  [['a', 'b'], [{ name: 'details', value: 'a, b' }]],
])('%j is read too', (details, fields) => {
  expect(ownFields(details)).toEqual(fields);
});

it('do not say again what the description says', () => {
  expect(ownFields({ description: 'p99 2.4 s', team: 'web' }, ['p99 2.4 s'])).toEqual([
    { name: 'team', value: 'web' },
  ]);
});

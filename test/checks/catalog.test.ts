import { expect, it } from '@jest/globals';
import { differences } from './catalog.js';

const made = new Map([
  ['column a.id', 'uuid'],
  ['index a.by_time', '(at DESC)'],
  ['constraint a.small', 'CHECK (n < 8)'],
]);

it('finds nothing when both say the same, whatever only migrations can make', () => {
  const said = new Map([...made].filter(([name]) => name !== 'index a.by_time'));
  expect(differences(made, said, new Set(['index a.by_time']))).toEqual([]);
});

it('names what is missing on either side, what differs, and what is named but made by nobody', () => {
  const said = new Map([
    ['column a.id', 'text'],
    ['column a.extra', 'text'],
    ['index a.by_time', '(at DESC)'],
  ]);
  expect(differences(made, said, new Set(['index a.gone']))).toEqual([
    'column a.extra is declared by an entity and made by no migration',
    'column a.id differs: the migrations make "uuid", the entity says "text"',
    'constraint a.small is made by the migrations and declared by no entity',
    'index a.gone is declared by an entity and made by no migration',
  ]);
});

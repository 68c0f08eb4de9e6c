import { describe, expect, it } from '@jest/globals';
import { openRoles } from './open-roles.js';

const asked = { roles: ['commander', 'scribe', 'communications'] };

describe('roles that a plan asks for', () => {
  it.each([
    ['nobody has one', null, {}, ['commander', 'scribe', 'communications']],
    ['the first to acknowledge is commander', 'ana', {}, ['scribe', 'communications']],
    ['one is assigned', 'ana', { scribe: 'bo' }, ['communications']],
    ['a role is not asked for', null, { driver: 'bo' }, ['commander', 'scribe', 'communications']],
  ])('are open while %s', (_, commander, roles, open) => {
    expect(openRoles(asked, { commander, roles })).toEqual(open);
  });

  it('are none where the plan asks for none', () => {
    expect(openRoles({}, { commander: null, roles: {} })).toEqual([]);
  });
});

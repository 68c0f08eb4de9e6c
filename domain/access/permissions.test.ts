import { describe, expect, it } from '@jest/globals';
import { mayDo, permissionToChange, PERMISSIONS } from './permissions.js';

describe('permissions', () => {
  it('gives an admin everything', () => {
    expect(PERMISSIONS.filter((permission) => !mayDo('admin', permission))).toEqual([]);
  });

  it('keeps waivers, keys, people and the audit with admins', () => {
    for (const permission of ['postmortem.waive', 'keys.manage', 'people.manage', 'audit.read'] as const) {
      expect([
        mayDo('manager', permission),
        mayDo('responder', permission),
        mayDo('stakeholder', permission),
      ]).toEqual([false, false, false]);
    }
  });

  it('lets a responder respond and not change the configuration', () => {
    expect(mayDo('responder', 'incidents.respond')).toBe(true);
    expect(mayDo('responder', 'runbooks.run')).toBe(true);
    expect(mayDo('responder', 'config.write')).toBe(false);
  });

  it('lets a stakeholder read and review, nothing else', () => {
    expect(mayDo('stakeholder', 'incidents.read')).toBe(true);
    expect(mayDo('stakeholder', 'postmortem.review')).toBe(true);
    expect(mayDo('stakeholder', 'incidents.respond')).toBe(false);
    expect(mayDo('stakeholder', 'config.read')).toBe(false);
  });

  it('does not let a manager make an admin by editing a Person', () => {
    expect(mayDo('manager', permissionToChange('Schedule'))).toBe(true);
    expect(mayDo('manager', permissionToChange('Person'))).toBe(false);
    expect(mayDo('manager', permissionToChange('Source'))).toBe(false);
  });
});

/** Who may do what (docs/api.md, "Roles"). Deny by default: a permission that a role does not name is not given. */
import type { ConfigKind, Role } from '../config/specs.js';

export const PERMISSIONS = [
  'incidents.read',
  'incidents.declare',
  'incidents.respond',
  'postmortem.write',
  'postmortem.review',
  'postmortem.waive',
  'runbooks.read',
  'runbooks.run',
  'runbooks.approve',
  'runbooks.edit',
  'drills.read',
  'drills.run',
  'oncall.read',
  'oncall.write',
  'oncall.manage',
  'mailbox.read',
  'config.read',
  'config.write',
  'people.manage',
  'sources.manage',
  'keys.manage',
  'rejections.read',
  'audit.read',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** A stakeholder reads, and reviews where asked: whether somebody is asked is decided by the post-mortem itself. */
const stakeholder: readonly Permission[] = [
  'incidents.read',
  'postmortem.review',
  'runbooks.read',
  // Whether somebody is entitled to answer is decided by the approval itself.
  'runbooks.approve',
  'drills.read',
  'oncall.read',
  'mailbox.read',
];

const responder: readonly Permission[] = [
  ...stakeholder,
  'incidents.declare',
  'incidents.respond',
  'postmortem.write',
  'runbooks.run',
  'drills.run',
  // Their own overrides and swaps; those of others need oncall.manage, or to manage the schedule's team.
  'oncall.write',
  'config.read',
];

const manager: readonly Permission[] = [
  ...responder,
  'oncall.manage',
  'config.write',
  'runbooks.edit',
  'rejections.read',
];

const permissionsOf: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  stakeholder: new Set(stakeholder),
  responder: new Set(responder),
  manager: new Set(manager),
  admin: new Set(PERMISSIONS),
};

const answeringNothing: ReadonlySet<Role> = new Set(
  (Object.keys(permissionsOf) as Role[]).filter((role) => !permissionsOf[role].has('incidents.respond')),
);

/** A shift or a team asks only who may answer incidents. Whoever a step names, and so is paged, may answer that page all the same. */
export const mayAnswer = (role: Role): boolean => !answeringNothing.has(role);

export const mayDo = (role: Role, permission: Permission): boolean => permissionsOf[role].has(permission);

/**
 * What changing a document of this kind needs. A Person document holds a role, a Source a credential, a Subscription an
 * address that learns everything, so who may edit schedules cannot make an admin, a sender or a listener with them.
 */
export function permissionToChange(kind: ConfigKind): Permission {
  switch (kind) {
    case 'Person':
    case 'Organisation':
      return 'people.manage';
    case 'Source':
    case 'Subscription':
      return 'sources.manage';
    case 'Runbook':
      return 'runbooks.edit';
    case 'Team':
    case 'Schedule':
    case 'EscalationPolicy':
    case 'Service':
    case 'ResponsePlan':
    case 'Drill':
      return 'config.write';
  }
}

/** Role-based permissions (docs/api.md, "Roles"). Deny by default: a role has only the permissions that it names. */
import type { ConfigKind } from '../config/specs.js';
import type { Role } from '../config/terms.js';

export const PERMISSIONS = [
  'incidents.read',
  'incidents.declare',
  'incidents.respond',
  'alerts.silence',
  'alerts.manage',
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

/** A stakeholder reads, and reviews when the post-mortem lists the person as a reviewer. */
const stakeholder: readonly Permission[] = [
  'incidents.read',
  'postmortem.review',
  'runbooks.read',
  // The approval itself decides which people may answer it.
  'runbooks.approve',
  'drills.read',
  'oncall.read',
  'mailbox.read',
];

const responder: readonly Permission[] = [
  ...stakeholder,
  'incidents.declare',
  'incidents.respond',
  // Alerts for services of own teams. Those of others need alerts.manage.
  'alerts.silence',
  'postmortem.write',
  'runbooks.run',
  'drills.run',
  // Own overrides and swaps. Those of others need oncall.manage, or managing the schedule's team.
  'oncall.write',
  'config.read',
];

const manager: readonly Permission[] = [
  ...responder,
  'alerts.manage',
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

/**
 * Shifts and teams page only roles that may answer incidents. A person named by a step is paged in any role and may answer that
 * page.
 */
export const mayAnswer = (role: Role): boolean => !answeringNothing.has(role);

export const mayDo = (role: Role, permission: Permission): boolean => permissionsOf[role].has(permission);

/**
 * Permission needed to change a document of a kind. A Person document holds a role, a Source a credential, a Subscription an
 * address that receives every event, so permission to edit schedules must not be enough to create an admin, a sender or a
 * subscriber.
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
    case 'PriorityRules':
    case 'Inhibition':
    case 'Drill':
    case 'Watch':
      return 'config.write';
  }
}

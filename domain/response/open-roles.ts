/** Roles that a response plan asks for and nobody has. */
import type { IncidentResponse } from '../incident/response.js';
import type { IncidentState } from '../incident/state.js';

export const openRoles = (
  { roles: asked = [] }: Pick<IncidentResponse, 'roles'>,
  { commander, roles }: Pick<IncidentState, 'commander' | 'roles'>,
): string[] =>
  // Whoever acknowledges first is commander without having been assigned the role.
  asked.filter((role) => (role === 'commander' ? commander : (roles[role] ?? null)) === null);

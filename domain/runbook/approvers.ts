/** Resolves the roles and teams of an approval to the people entitled to answer it now. */
import type { ConfigSnapshot } from '../config/specs.js';
import type { IncidentState } from '../incident/state.js';

/**
 * `from` contains `person:ana`, `team:checkout` (its members), `role:manager` (managers of the incident's teams), `role:admin`
 * (people with that role), `role:responder` (people who were paged) and `role:<any role of the incident>`. While there is no
 * commander, any responder may answer, because the first to acknowledge becomes commander. Unknown names yield no person.
 */
export function approversOf(
  from: readonly string[],
  state: IncidentState,
  snapshot: ConfigSnapshot,
): string[] {
  return [...new Set(from.flatMap((one) => resolve(one, state, snapshot)))];
}

function resolve(asked: string, state: IncidentState, snapshot: ConfigSnapshot): string[] {
  const colon = asked.indexOf(':');
  const name = asked.slice(colon + 1);
  switch (asked.slice(0, colon)) {
    case 'person':
      return snapshot.get('Person', name) === undefined ? [] : [name];
    case 'team':
      return snapshot.get('Team', name)?.spec.members ?? [];
    case 'role':
      return withRole(name, state, snapshot);
    default:
      return [];
  }
}

function withRole(role: string, state: IncidentState, snapshot: ConfigSnapshot): string[] {
  if (role === 'manager') return managers(state, snapshot);
  if (role === 'admin') {
    return snapshot
      .list('Person')
      .filter((person) => person.spec.role === 'admin')
      .map((person) => person.name);
  }
  if (role === 'commander') {
    if (state.commander !== null) return [state.commander];
    const responders = state.responders.map((responder) => responder.person);
    return responders.length > 0 ? responders : managers(state, snapshot);
  }
  if (role === 'responder') return state.responders.map((responder) => responder.person);
  const holder = Object.hasOwn(state.roles, role) ? state.roles[role] : undefined;
  return holder === undefined ? [] : [holder];
}

function managers(state: IncidentState, snapshot: ConfigSnapshot): string[] {
  const teams = new Set([state.team, ...state.escalations.map((escalation) => escalation.team)]);
  return [...teams].flatMap((team) => snapshot.get('Team', team)?.spec.managers ?? []);
}

/** Who may answer an approval, at this moment: roles and teams turned into people. */
import type { ConfigSnapshot } from '../config/specs.js';
import type { IncidentState } from '../incident/state.js';

/**
 * `from` holds `person:ana`, `team:checkout` (its members), `role:manager` (managers of the teams on the incident),
 * `role:admin` (people with that role), `role:responder` (who was paged) and `role:<any role of the incident>`. Without a commander yet, any responder stands
 * in: the first to acknowledge becomes commander. Unknown names give nobody.
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
  const teams = new Set([state.team, ...state.tracks.map((track) => track.team)]);
  return [...teams].flatMap((team) => snapshot.get('Team', team)?.spec.managers ?? []);
}

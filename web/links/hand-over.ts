/** Permissions of a page link's person, and the people to whom they can reassign the incident. */
import type { OpenedLink } from '../../services/reply/link-views.js';
import { mayDo } from '../../domain/access/permissions.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { handOverProblem } from '../../domain/people/hand-over.js';
import type { Choice } from '../ui/fields.js';
import type { WorkView } from './page-work.js';

/** Most people on a link page; the incident's own page offers everybody. */
const OFFERED = 30;

export function workOf(
  link: OpenedLink,
  snapshot: ConfigSnapshot,
): Pick<WorkView, 'mayRespond' | 'handOver'> {
  const role = snapshot.get('Person', link.person.name)?.spec.role;
  const mayRespond = role !== undefined && mayDo(role, 'incidents.respond');
  return {
    mayRespond,
    handOver: mayRespond ? handOverChoices(link.incident, link.person.name, snapshot) : [],
  };
}

/** People who were paged first, then members of the engaged teams, then everybody else by name. */
function handOverChoices(
  incident: IncidentState,
  from: string,
  snapshot: ConfigSnapshot,
  most = OFFERED,
): Choice[] {
  const paged = incident.responders.map(({ person }) => person);
  const teams = [incident.team, ...incident.escalations.map(({ team }) => team)];
  const members = teams.flatMap((team) => snapshot.get('Team', team)?.spec.members ?? []);
  const all = snapshot
    .list('Person')
    .toSorted((a, b) => a.spec.displayName.localeCompare(b.spec.displayName))
    .map(({ name }) => name);
  return [...new Set([...paged, ...members, ...all])]
    .filter((name) => name !== from && handOverProblem(name, snapshot) === null)
    .slice(0, most)
    .map((value) => ({ value, text: snapshot.get('Person', value)?.spec.displayName ?? value }));
}

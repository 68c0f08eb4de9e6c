/** Matches an event against a subscription's filters; every filter narrows. Pure. */
import { CANARY } from '../canary/canary.js';
import type { SubscriptionSpec } from './subscription-spec.js';
import type { IncidentEvent } from '../incident/events.js';
import type { IncidentState } from '../incident/state.js';

type About = Pick<IncidentState, 'service' | 'team' | 'drill'>;

/** Filters by team and service of the incident, which never change: a subscription receives all events of an incident or none. */
export function isAbout(spec: SubscriptionSpec, { service, team, drill }: About): boolean {
  if (service === CANARY) return false;
  if (drill !== null && !spec.drills) return false;
  if (spec.teams !== undefined && !spec.teams.includes(team)) return false;
  return spec.services === undefined || (service !== null && spec.services.includes(service));
}

export const wantsKind = ({ events }: SubscriptionSpec, kind: IncidentEvent['kind']): boolean =>
  events === undefined || events.includes(kind);

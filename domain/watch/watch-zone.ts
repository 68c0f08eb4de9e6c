import type { ConfigSnapshot } from '../config/specs.js';

/** The zone of the team that answers for a service. */
export function zoneOfService(snapshot: ConfigSnapshot, service: string): string {
  const team = snapshot.get('Service', service)?.spec.team;
  return (team === undefined ? undefined : snapshot.get('Team', team)?.spec.timezone) ?? 'UTC';
}

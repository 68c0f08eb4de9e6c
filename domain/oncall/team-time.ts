/** Local time of a team, for conditions. */
import type { ConfigSnapshot } from '../config/specs.js';
import { organisationCalendar, teamCalendar } from './business-days.js';
import { ScheduleError } from './schedule.js';
import { type TimeFacts, timeFacts } from './time-facts.js';

/**
 * Uses the team's calendar; a team without one works Monday to Friday from 09:00 to 17:00 in its zone, an unknown team in the
 * organisation's zone.
 */
export function teamTime(snapshot: Pick<ConfigSnapshot, 'get'>, team: string, at: string): TimeFacts {
  const spec = snapshot.get('Team', team)?.spec;
  try {
    return timeFacts(spec === undefined ? organisationCalendar(snapshot) : teamCalendar(spec), at);
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    return timeFacts(organisationCalendar(snapshot), at);
  }
}

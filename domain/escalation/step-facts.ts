/** Variables for the `if` of a policy step: the incident's state and the local time of the paged team. */
import type { ConfigSnapshot } from '../config/specs.js';
import type { IncidentState } from '../incident/state.js';
import { organisationCalendar, teamCalendar } from '../oncall/business-days.js';
import { ScheduleError } from '../oncall/schedule.js';
import { type TimeFacts, timeFacts } from '../oncall/time-facts.js';
import { evaluateCondition } from '../rules/condition.js';

/** Documented in docs/configuration.md and declared in domain/rules/variables.ts. */
const incidentFacts = (state: IncidentState) => ({
  priority: state.priority,
  severity: state.severity,
  service: state.service ?? '',
  title: state.title,
  team: state.team,
  drill: state.drill !== null,
  alertsOpen: state.alertsOpen,
  alertsTotal: state.alertsTotal,
});

/**
 * Uses the team's calendar; a team without one works Monday to Friday from 09:00 to 17:00 in its zone, an unknown team in the
 * organisation's zone.
 */
function teamTime(snapshot: Pick<ConfigSnapshot, 'get'>, team: string, at: string): TimeFacts {
  const spec = snapshot.get('Team', team)?.spec;
  try {
    return timeFacts(spec === undefined ? organisationCalendar(snapshot) : teamCalendar(spec), at);
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    return timeFacts(organisationCalendar(snapshot), at);
  }
}

/** A condition that cannot be evaluated counts as true, so that a broken condition pages. */
export const stepCondition =
  (state: IncidentState, snapshot: Pick<ConfigSnapshot, 'get'>, team: string, at: string) =>
  (expression: string): boolean =>
    evaluateCondition(
      expression,
      'policy',
      { incident: incidentFacts(state), time: { ...teamTime(snapshot, team, at) } },
      true,
    );

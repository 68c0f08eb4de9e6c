/** Variables for the `if` of a policy step: the incident's state and the local time of the paged team. */
import type { ConfigSnapshot } from '../config/specs.js';
import type { IncidentState } from '../incident/state.js';
import { teamTime } from '../oncall/team-time.js';
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

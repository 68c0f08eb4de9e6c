/** Variables of a priority rule (domain/rules/variables.ts): the alert, its service, and the local time of the service's team. */
import { alertFacts } from '../alert/alert-facts.js';
import type { AlertSignal } from '../alert/signal.js';
import type { ConfigSnapshot } from '../config/specs.js';
import type { TeamSpec } from '../people/person-spec.js';
import { timeFacts } from '../oncall/time-facts.js';
import { teamTime } from '../oncall/team-time.js';
import type { RuleData } from '../rules/data.js';
import type { PriorityDecision } from './decide-priority.js';
import type { SupportHours } from './priority-rules-spec.js';

export interface RuleSubject {
  service: string | null;
  source: string;
  signal: Pick<AlertSignal, 'title' | 'severity' | 'labels'> & Partial<AlertSignal>;
  now: string;
}

export function ruleFacts(
  snapshot: Pick<ConfigSnapshot, 'get' | 'list'>,
  { service, source, signal, now }: RuleSubject,
  decided: PriorityDecision,
): RuleData {
  const known = service === null ? undefined : snapshot.get('Service', service);
  const team = known?.spec.team ?? '';
  const time = teamTime(snapshot, team, now);
  return {
    alert: alertFacts(source, signal),
    service: {
      name: known?.name ?? '',
      tier: known?.spec.tier ?? 0,
      team,
      dependents: snapshot.list('Service').filter(({ spec }) => spec.dependsOn.includes(known?.name ?? ''))
        .length,
    },
    time: {
      ...time,
      outsideSupport: !isSupported(
        known?.spec.supportHours ?? 'always',
        snapshot.get('Team', team)?.spec,
        time.inHours,
        now,
      ),
    },
    priority: decided.priority,
  };
}

function isSupported(
  hours: SupportHours,
  team: Pick<TeamSpec, 'timezone'> | undefined,
  inBusinessHours: boolean,
  now: string,
): boolean {
  if (hours === 'always') return true;
  if (hours === 'business') return inBusinessHours;
  return timeFacts({ ...hours, timezone: team?.timezone ?? 'UTC', holidays: [] }, now).inHours;
}

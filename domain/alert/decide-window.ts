/** Whether a maintenance window may be made, and by whom. Pure. */
import { type Refused, refuse } from '../oncall/decide-override.js';
import { type WindowSpan, windowSpans, type WindowTimes } from '../oncall/maintenance-spans.js';
import type { Silencer } from './decide-silence.js';
import { markedDocument } from '../people/spoken.js';

const MAX_WINDOWS = 200;

export interface WindowFacts {
  now: string;
  by: Silencer;
  /** Undefined when there is no such service. */
  teamOf: (service: string) => string | undefined;
  /** Windows with a time to come. */
  toCome: number;
}

export function decideWindow(
  { services, times }: { services: readonly string[]; times: WindowTimes },
  { now, by, teamOf, toCome }: WindowFacts,
): { kind: 'accepted'; spans: WindowSpan[] } | Refused {
  for (const service of services) {
    const team = teamOf(service);
    if (team === undefined) return refuse('unknown_service', `There is no service ${service}.`, 'services');
    if (!by.isManager && !by.teams.includes(team))
      return refuse(
        'not_yours',
        `${markedDocument('Service', service)} belongs to ${markedDocument('Team', team)}; its members or a manager may put it into maintenance.`,
      );
  }
  if (toCome >= MAX_WINDOWS)
    return refuse(
      'too_many_windows',
      `${toCome} windows have a time to come, which is the most; end some first.`,
    );
  return windowSpans(times, now);
}

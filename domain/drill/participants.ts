/** Teams that a drill would engage: those of each of its alerts at that alert's priority. Pure. */
import type { ConfigSnapshot } from '../config/specs.js';
import type { DrillSpec } from './drill-spec.js';
import { prioritise } from '../priority/prioritise.js';
import { buildResponse } from '../response/build-response.js';

export function participants(
  snapshot: ConfigSnapshot,
  { service, inject }: DrillSpec,
  now: string,
): string[] {
  const teams = inject.flatMap((injection) => {
    if (!('alert' in injection)) return [];
    const { priority } = prioritise(snapshot, {
      service,
      source: 'drill',
      signal: { ...injection.alert, labels: {} },
      now,
    });
    return buildResponse(snapshot, service, priority, null).escalations.map(({ team }) => team);
  });
  return [...new Set(teams)];
}

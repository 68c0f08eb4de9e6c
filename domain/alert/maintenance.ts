/** Maintenance windows: alerts for their services, and for what depends on these, page nobody while one is in force (docs/silences.md). */
import type { ConfigSnapshot } from '../config/specs.js';
import type { LiveWindow } from './live-window.js';
import type { JudgedAlert, Verdict } from './stage.js';
import { passed } from './stage.js';
import { documentTitle } from '../config/display-names.js';

export const heldByWindow = (id: string): string => `maintenance/${id}`;

/** Services of which one depends on another of them, however far away, with these themselves. */
function withDependents(services: readonly string[], snapshot: Pick<ConfigSnapshot, 'list'>): Set<string> {
  const found = new Set(services);
  const documents = snapshot.list('Service');
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const { name, spec } of documents) if (spec.dependsOn.some((one) => found.has(one))) found.add(name);
  }
  return found;
}

/** Computed once for each snapshot. */
const coveredBy = new WeakMap<ConfigSnapshot, Map<string, LiveWindow[]>>();

function windowsOf(service: string, snapshot: ConfigSnapshot): readonly LiveWindow[] {
  let covered = coveredBy.get(snapshot);
  if (covered === undefined) {
    covered = new Map();
    for (const window of snapshot.live.windows)
      for (const one of withDependents(window.services, snapshot))
        covered.set(one, [...(covered.get(one) ?? []), window]);
    coveredBy.set(snapshot, covered);
  }
  return covered.get(service) ?? [];
}

/** The windows that mute a service at an instant, with the end of their present time. */
export function windowsInForce(
  service: string,
  snapshot: ConfigSnapshot,
  now: string,
): { window: LiveWindow; until: string }[] {
  return windowsOf(service, snapshot).flatMap((window) => {
    const span = window.spans.find(({ from, to }) => from <= now && now < to);
    return span === undefined ? [] : [{ window, until: span.to }];
  });
}

/** Of several windows the one that ends last holds the alert. */
export function maintenanceStage({ service }: JudgedAlert, snapshot: ConfigSnapshot, now: string): Verdict {
  if (service === null || snapshot.live.windows.length === 0) return passed;
  const [holder] = windowsInForce(service, snapshot, now).toSorted((a, b) => b.until.localeCompare(a.until));
  if (holder === undefined) return passed;
  const { window, until } = holder;
  const title = (name: string): string => documentTitle(snapshot, 'Service', name);
  const owner = snapshot.get('Person', window.owner)?.spec.displayName ?? window.owner;
  const of = window.services.includes(service)
    ? title(service)
    : `${window.services.map(title).join(', ')}, on which ${title(service)} depends`;
  const text = `maintenance of ${of} until ${until}, by ${owner} (${window.reason})`;
  return {
    kind: 'hold',
    by: heldByWindow(window.id),
    until,
    reason: { stage: 'maintenance', decision: 'held', text },
  };
}

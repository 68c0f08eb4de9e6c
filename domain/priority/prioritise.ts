import type { ConfigSnapshot } from '../config/specs.js';
import type { Priority, Severity } from '../config/terms.js';
import { decidePriority } from './decide-priority.js';

/** The priority of an alert on a service, by its tier in force. An unknown service counts as none. */
export function prioritise(
  snapshot: ConfigSnapshot,
  service: string | null,
  severity: Severity,
): { priority: Priority; reasons: string[] } {
  const known = service === null ? undefined : snapshot.get('Service', service);
  return decidePriority({
    severity,
    service: known === undefined ? null : { name: known.name, tier: known.spec.tier },
  });
}

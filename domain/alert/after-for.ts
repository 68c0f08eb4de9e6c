/** `after` in force for a service: its own, else that of its response plan. */
import type { ConfigSnapshot } from '../config/specs.js';
import type { AfterSpec } from './after-spec.js';

export function afterFor(snapshot: ConfigSnapshot, serviceName: string | null): AfterSpec | undefined {
  const service = serviceName === null ? undefined : snapshot.get('Service', serviceName)?.spec;
  return service?.after ?? snapshot.get('ResponsePlan', service?.plan ?? 'default')?.spec.after;
}

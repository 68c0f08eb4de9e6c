/** `group` and `after` in force for a service: its own, else those of its response plan. */
import type { ConfigSnapshot } from '../config/specs.js';
import type { AfterSpec } from './after-spec.js';
import type { GroupSpec } from './group-spec.js';

export interface JudgingPlan {
  /** Field by field: the service's, else the plan's. */
  group: GroupSpec;
  after: AfterSpec | undefined;
}

export function judgingPlan(snapshot: ConfigSnapshot, serviceName: string | null): JudgingPlan {
  const service = serviceName === null ? undefined : snapshot.get('Service', serviceName)?.spec;
  const plan = snapshot.get('ResponsePlan', service?.plan ?? 'default')?.spec;
  return { group: { ...plan?.group, ...service?.group }, after: service?.after ?? plan?.after };
}

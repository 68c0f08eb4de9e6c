/** Documents of kind Service. */
import type { CheckSpec } from './terms.js';
import type { AfterSpec } from '../alert/after-spec.js';
import type { GroupSpec } from '../alert/group-spec.js';
import type { SupportHours } from '../priority/priority-rules-spec.js';
import type { Duration } from '../shared/duration.js';

export interface DiagnosticSpec {
  name: string;
  check: CheckSpec;
  timeout?: Duration;
}

export interface ServiceSpec {
  displayName: string;
  team: string;
  /** 1 (vital) to 4. */
  tier: 1 | 2 | 3 | 4;
  policy?: string;
  plan?: string;
  /** Hours in which the service has support; `always` when left out. Read by priority rules as `time.outsideSupport`. */
  supportHours?: SupportHours;
  dependsOn: string[];
  links: { title: string; url: string }[];
  diagnostics: DiagnosticSpec[];
  /** Which of its alerts are one incident; what is left out is the plan's. */
  group?: GroupSpec;
  /** Only after so many messages; left out: the plan's. */
  after?: AfterSpec;
}

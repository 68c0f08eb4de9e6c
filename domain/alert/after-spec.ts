/** `after` of services and response plans. */
import type { Duration } from '../shared/duration.js';

/** An incident only after so many triggers of the key within so long. */
export interface AfterSpec {
  count: number;
  within: Duration;
}

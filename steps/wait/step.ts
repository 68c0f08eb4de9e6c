/** `wait`: the run goes on after a time, which the record measures. */
import type { ActingRules } from '../../domain/runbook/step-rules.js';
import { type Duration, durationMs } from '../../domain/shared/duration.js';

export interface RenderedWait {
  kind: 'wait';
  ms: number;
}

export const wait: ActingRules<'time', Duration, RenderedWait> = {
  endedBy: 'time',
  render: (duration) => ({ kind: 'wait', ms: durationMs(duration) }),
};

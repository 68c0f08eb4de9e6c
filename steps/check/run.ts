/** Runs the check of a `check` step. */
import type { StepEffect } from '../../ports/step.js';
import type { RenderedCheck } from './step.js';

export const checkEffect: StepEffect<RenderedCheck> = {
  async attempt({ checks }, { check, timeoutMs }) {
    const begun = Date.now();
    const { ok, summary, output, ms } = await checks.run(check, timeoutMs);
    const result = { ok, summary, output, ms };
    if (ok) return { kind: 'succeeded', text: summary, result };
    if (Date.now() - begun >= timeoutMs) return { kind: 'timed_out', text: summary, result };
    return { kind: 'failed', text: summary, result, final: false };
  },
};

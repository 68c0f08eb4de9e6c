/** Messages of a `notify` step are planned here; the ledger sends them. */
import type { StepEffect } from '../../ports/step.js';
import type { RenderedNotify } from './step.js';

export const notifyEffect: StepEffect<RenderedNotify> = {
  writesRecord: true,
  async attempt({ notices }, { notify }, { incidentId }, key) {
    const to = notify.to ?? 'responders';
    const { people } = await notices.notify({ incidentId, to, text: notify.text, key });
    const result = { people };
    return people.length > 0
      ? { kind: 'succeeded', text: `notified ${people.join(', ')}`, result }
      : { kind: 'failed', text: `${to} names nobody to notify`, result, final: true };
  },
};

import { describe, expect, it } from '@jest/globals';
import type { StepPorts } from '../../ports/step.js';
import { notifyEffect } from './run.js';
import { notify } from './step.js';

const at = { incidentId: 'i', runId: 'r', step: 'tell', execution: 2 };

describe('a notify step', () => {
  it('fills in its text and names its addressee', () => {
    const scope = { inputs: { x: 'db-1' }, incident: {}, alert: null, steps: {} };
    const fields = { to: 'team:db', text: '${{ inputs.x }} is drained' };
    expect(notify.render(fields, { scope, hosts: undefined, limitMs: null })).toMatchObject({
      notify: { to: 'team:db', text: 'db-1 is drained' },
    });
    expect(notify.addressees?.(fields)).toEqual([{ path: 'to', to: 'team:db' }]);
  });

  it.each([
    [['ana', 'bo'], { kind: 'succeeded', text: 'notified ana, bo' }],
    [[], { kind: 'failed', text: 'responders names nobody to notify', final: true }],
  ])('when it notifies %j', async (people, attempt) => {
    const asked: object[] = [];
    const notices = {
      notify: (request: object) => {
        asked.push(request);
        return Promise.resolve({ people });
      },
    } as StepPorts['notices'];
    const rendered = { kind: 'notify', notify: { text: 'x' }, timeoutMs: 1000 } as const;
    expect(await notifyEffect.attempt({ notices } as StepPorts, rendered, at, 'r/tell/2')).toMatchObject(
      attempt,
    );
    expect(asked).toEqual([{ incidentId: 'i', to: 'responders', text: 'x', key: 'r/tell/2' }]);
  });
});

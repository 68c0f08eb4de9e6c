import { describe, expect, it } from '@jest/globals';
import { describeEvent } from '../incident/describe-event.js';
import type { IncidentEvent } from '../incident/events.js';
import type { RunbookStep } from './definition.js';
import { stepTitles } from './step-titles.js';
import { RUN, RunBuilder } from './testing/run-builder.js';

describe('what a step is called in sentences', () => {
  it('is its name, else the first line of what it asks of people, else nothing but its id', () => {
    const steps: RunbookStep[] = [
      { id: 'a', name: 'Drain the replica', manual: 'Press the button' },
      { id: 'b', manual: 'Look at the graph\nand the logs' },
      { id: 'c', approve: { from: ['role:commander'], message: 'Fail over?' } },
      { id: 'd', http: { url: 'https://x.example' } },
      { id: 'e', manual: 'Restart ${{ inputs.host }}' },
      { id: 'f', name: 'x'.repeat(200), wait: '5m' },
    ];
    expect(stepTitles(steps)).toEqual([
      'Drain the replica',
      'Look at the graph',
      'Fail over?',
      null,
      null,
      `${'x'.repeat(79)}…`,
    ]);
  });

  it('takes so much room at the most, however many steps there are', () => {
    const steps = Array.from({ length: 100 }, (_, n): RunbookStep => ({
      id: `s${n}`,
      manual: 'y'.repeat(80),
    }));
    const total = stepTitles(steps).reduce((sum, title) => sum + (title?.length ?? 0), 0);
    expect(total).toBeLessThanOrEqual(1_500);
  });
});

describe('a timeline', () => {
  it('speaks of steps by what they are called, whatever happens to them; the data keeps the ids', () => {
    const run = new RunBuilder('ana', { ok: 'Drain db-1?', verify: 'Check the lag' });
    run.requestApproval();
    run.decide('bo', 'approve');
    run.ask({ type: 'wait_for_step', run: RUN, step: 'verify', execution: 1 });
    run.ask(
      { type: 'complete_step', run: RUN, step: 'verify', comment: null, person: 'ana' },
      { actor: 'ana' },
    );
    const ofSteps = run.events.filter(({ data }) => 'step' in data && 'run' in data);
    expect(ofSteps.map((event: IncidentEvent) => describeEvent(event))).toEqual([
      'Approval requested from ana, bo: Drain db-1?',
      'bo approved "Drain db-1?"',
      expect.stringMatching(/^Step "Drain db-1\?" succeeded/),
      'Step "Check the lag" waits for a person',
      expect.stringMatching(/^Step "Check the lag" succeeded by ana/),
    ]);
    expect(new Set(ofSteps.map(({ data }) => 'step' in data && data.step))).toEqual(
      new Set(['ok', 'verify']),
    );
  });
});

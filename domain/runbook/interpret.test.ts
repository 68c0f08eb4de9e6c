import { describe, expect, it } from '@jest/globals';
import type { RunbookSpec, RunbookStep, StepState } from './definition.js';
import type { TemplateScope } from './expressions.js';
import { MAX_EXECUTIONS, moveAfter, nextAction } from './interpret.js';

const spec = (...steps: RunbookStep[]): RunbookSpec => ({ on: {}, inputs: {}, timeout: '1h', steps });
const manual = (id: string, more: Partial<RunbookStep> = {}): RunbookStep =>
  ({ id, manual: id, ...more }) as RunbookStep;

const scope: TemplateScope = {
  inputs: { host: 'db-1', dry: false },
  incident: { priority: 'P1' },
  alert: null,
  steps: { lag: { state: 'succeeded', outputs: { seconds: 12 } }, gone: { state: 'pending', outputs: {} } },
};
const next = (book: RunbookSpec, at = 0, simulated = false) =>
  nextAction(book, { at, executions: at }, scope, simulated);

describe('the next step', () => {
  it('is the one at the cursor, and behind the last one the run has succeeded', () => {
    const book = spec(manual('a'), manual('b'));
    expect(next(book, 1)).toMatchObject({ kind: 'do', step: { id: 'b' } });
    expect(next(book, 2)).toMatchObject({ kind: 'finished', state: 'succeeded' });
    expect(next(spec())).toMatchObject({ kind: 'finished', state: 'succeeded' });
  });

  it.each([
    ['${{ inputs.dry }}', 'skip'],
    ['${{ !inputs.dry }}', 'do'],
    ["incident.priority == 'P1'", 'do'],
    ["${{ steps.lag.state == 'failed' }}", 'skip'],
    ['${{ steps.gone.outputs.seconds > 1 }}', 'broken'],
    ['${{ inputs.host }}', 'broken'],
  ])('with if %s: %s', (condition, kind) => {
    expect(next(spec(manual('a', { if: condition }))).kind).toBe(kind);
  });

  it('is not passed over for a result that a simulation left out, it counts as false', () => {
    const book = spec(manual('a', { if: '${{ steps.gone.outputs.seconds > 1 }}' }));
    expect(next(book, 0, true)).toMatchObject({ kind: 'skip' });
  });

  it('is chosen by the first case of a switch that holds', () => {
    const choose = (...cases: string[]) =>
      spec({ id: 'choose', switch: cases.map((one, index) => ({ if: one, goto: `step-${index}` })) });
    expect(next(choose('false', '${{ steps.lag.outputs.seconds < 30 }}', 'true'))).toMatchObject({
      kind: 'branch',
      goto: 'step-1',
    });
    expect(next(choose('false'))).toMatchObject({ kind: 'branch', goto: null });
    expect(next(choose('${{ alert.labels.x }}'))).toMatchObject({ kind: 'broken' });
    expect(next(choose('${{ alert.labels.x }}', 'true'), 0, true)).toMatchObject({
      kind: 'branch',
      goto: 'step-1',
    });
  });

  it('does not come when the run goes in circles', () => {
    expect(nextAction(spec(manual('a')), { at: 0, executions: MAX_EXECUTIONS }, scope, false)).toMatchObject({
      kind: 'finished',
      state: 'failed',
    });
  });
});

describe('an ended step leads', () => {
  const lead = (step: Partial<RunbookStep>, state: StepState) =>
    moveAfter(spec(manual('a', step), manual('b'), manual('c')), 0, { state, text: 'why' });

  it.each<[string, Partial<RunbookStep>, StepState, object]>([
    ['on to the next', {}, 'succeeded', { kind: 'go', to: 1 }],
    ['on to the next when people skipped it', {}, 'skipped', { kind: 'go', to: 1 }],
    ['to the end', { end: true }, 'succeeded', { kind: 'finished', state: 'succeeded' }],
    ['to failure', {}, 'failed', { kind: 'finished', state: 'failed', reason: 'a failed: why' }],
    ['to failure, not to the end', { end: true }, 'failed', { kind: 'finished', state: 'failed' }],
    ['on in spite of a failure', { 'on-failure': 'continue' }, 'failed', { kind: 'go', to: 1 }],
    ['elsewhere after a failure', { 'on-failure': 'goto:c' }, 'failed', { kind: 'go', to: 2 }],
    [
      'nowhere when that is unknown',
      { 'on-failure': 'goto:x' },
      'failed',
      { kind: 'finished', state: 'failed' },
    ],
    [
      'to failure when time is up',
      {},
      'timed_out',
      { kind: 'finished', state: 'failed', reason: 'a timed out: why' },
    ],
    [
      'elsewhere when time is up',
      { 'on-timeout': 'goto:b', 'on-failure': 'goto:c' },
      'timed_out',
      { kind: 'go', to: 1 },
    ],
    ['where failures lead when time is up', { 'on-failure': 'goto:c' }, 'timed_out', { kind: 'go', to: 2 }],
    [
      'to further people, who are asked again',
      { 'on-timeout': 'escalate' },
      'timed_out',
      { kind: 'escalate', again: true },
    ],
    ['to cancellation', { 'on-failure': 'continue' }, 'cancelled', { kind: 'finished', state: 'cancelled' }],
  ])('%s', (_, step, state, move) => {
    expect(lead(step, state)).toMatchObject(move);
  });

  it('to further people and then to failure, when nobody is asked by it', () => {
    const call: RunbookStep = { id: 'a', http: { url: 'https://example.com' }, 'on-timeout': 'escalate' };
    expect(moveAfter(spec(call), 0, { state: 'timed_out', text: '' })).toMatchObject({
      kind: 'escalate',
      again: false,
    });
  });
});

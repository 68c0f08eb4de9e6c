import { describe, expect, it } from '@jest/globals';
import { RUN, RunBuilder } from './testing/run-builder.js';

describe('a step that waits for people', () => {
  it('is completed once; the same wish again changes nothing', () => {
    const run = new RunBuilder();
    expect(run.complete()).toBe('not_waiting');
    expect(run.wait()).toBe('accepted');
    expect(run.wait()).toBe('unchanged');
    expect(run.run.state).toBe('waiting');
    expect(run.complete()).toBe('accepted');
    expect(run.complete('verify', 'ana')).toBe('unchanged');
    expect(run.wait()).toBe('unchanged');
    expect(run.finish('verify', 'timed_out')).toBe('unchanged');
    expect(run.step('verify').state).toBe('succeeded');
    expect(run.run.state).toBe('running');
  });

  it('is skipped with a reason, and waits anew when the runbook comes back to it', () => {
    const run = new RunBuilder();
    run.wait();
    expect(run.skip('verify', ' ')).toBe('reason_required');
    expect(run.skip('verify', 'x'.repeat(2001))).toBe('text_too_long');
    expect(run.skip()).toBe('accepted');
    expect(run.skip()).toBe('unchanged');
    expect(run.wait('verify', 2)).toBe('accepted');
    expect(run.step('verify')).toMatchObject({ state: 'waiting', execution: 2 });
  });
});

describe('a step that failed', () => {
  const failed = (): RunBuilder => {
    const run = new RunBuilder();
    run.finish('lag', 'failed');
    run.wait();
    return run;
  };

  it('is done again when people ask, while the run goes on', () => {
    const run = failed();
    expect(run.retry()).toBe('accepted');
    expect(run.retry()).toBe('unchanged');
    expect(run.step('lag')).toMatchObject({ state: 'failed', requested: 'retry' });
    expect(run.finish('lag', 'succeeded', 2)).toBe('accepted');
    expect(run.step('lag')).toMatchObject({ state: 'succeeded', requested: null, execution: 2 });
    expect(run.run.state).toBe('waiting');
    expect(run.retry()).toBe('not_failed');
  });

  it('can be skipped instead, which takes the wish for a retry back', () => {
    const run = failed();
    run.retry();
    expect(run.skip('lag')).toBe('accepted');
    expect(run.step('lag')).toMatchObject({ state: 'skipped', requested: null });
  });

  it('stays as it is when its run is over', () => {
    const run = failed();
    run.ask({ type: 'finish_run', run: RUN, state: 'failed' });
    expect(run.retry()).toBe('run_finished');
    expect(run.skip('lag')).toBe('run_finished');
    expect(run.finish('lag', 'succeeded', 2)).toBe('unchanged');
  });

  it('of another kind than http, check and notify is not done again', () => {
    const run = new RunBuilder();
    run.finish('pause', 'failed');
    expect(run.retry('pause')).toBe('cannot_retry');
  });
});

describe('a run', () => {
  it('starts once, and not on a closed incident', () => {
    const run = new RunBuilder();
    const start = {
      type: 'start_run',
      run: RUN,
      runbook: 'drain',
      revision: 3,
      dryRun: false,
      steps: [],
    } as const;
    expect(run.ask({ ...start, steps: [] })).toBe('unchanged');
    run.ask({ type: 'resolve', comment: null, because: 'person' });
    expect(run.ask({ ...start, run: 'run-2', steps: [] })).toBe('accepted');
    run.ask({ type: 'waive_postmortem', reason: 'a transient' });
    expect(run.ask({ ...start, run: 'run-3', steps: [] })).toBe('already_closed');
  });

  it('takes no answers from people once it is to be cancelled', () => {
    const run = new RunBuilder();
    run.wait();
    expect(run.ask({ type: 'cancel_run', run: RUN, reason: 'wrong host' })).toBe('accepted');
    expect(run.ask({ type: 'cancel_run', run: RUN, reason: null })).toBe('unchanged');
    expect(run.complete()).toBe('run_cancelled');
    expect(run.ask({ type: 'finish_run', run: RUN, state: 'cancelled' })).toBe('accepted');
    expect(run.ask({ type: 'finish_run', run: RUN, state: 'failed' })).toBe('unchanged');
    expect(run.step('verify').state).toBe('cancelled');
    expect(run.ask({ type: 'cancel_run', run: RUN, reason: null })).toBe('unchanged');
  });

  it.each([
    ['no-such', 'verify', 'no_such_run'],
    ['__proto__', 'verify', 'no_such_run'],
    [RUN, 'nope', 'no_such_step'],
    [RUN, 'constructor', 'no_such_step'],
  ])('says what is not there: %s %s', (run, step, code) => {
    expect(new RunBuilder().ask({ type: 'retry_step', run, step, person: 'bo' })).toBe(code);
  });
});

import { describe, expect, it } from '@jest/globals';
import { RUN, RunStory } from './testing/run-story.js';

describe('a step that waits for people', () => {
  it('is completed once; the same wish again changes nothing', () => {
    const story = new RunStory();
    expect(story.complete()).toBe('not_waiting');
    expect(story.wait()).toBe('accepted');
    expect(story.wait()).toBe('unchanged');
    expect(story.run.state).toBe('waiting');
    expect(story.complete()).toBe('accepted');
    expect(story.complete('verify', 'ana')).toBe('unchanged');
    expect(story.wait()).toBe('unchanged');
    expect(story.finish('verify', 'timed_out')).toBe('unchanged');
    expect(story.step('verify').state).toBe('succeeded');
    expect(story.run.state).toBe('running');
  });

  it('is skipped with a reason, and waits anew when the runbook comes back to it', () => {
    const story = new RunStory();
    story.wait();
    expect(story.skip('verify', ' ')).toBe('reason_required');
    expect(story.skip('verify', 'x'.repeat(2001))).toBe('text_too_long');
    expect(story.skip()).toBe('accepted');
    expect(story.skip()).toBe('unchanged');
    expect(story.wait('verify', 2)).toBe('accepted');
    expect(story.step('verify')).toMatchObject({ state: 'waiting', execution: 2 });
  });
});

describe('a step that failed', () => {
  const failed = (): RunStory => {
    const story = new RunStory();
    story.finish('lag', 'failed');
    story.wait();
    return story;
  };

  it('is done again when people ask, while the run goes on', () => {
    const story = failed();
    expect(story.retry()).toBe('accepted');
    expect(story.retry()).toBe('unchanged');
    expect(story.step('lag')).toMatchObject({ state: 'failed', asked: 'retry' });
    expect(story.finish('lag', 'succeeded', 2)).toBe('accepted');
    expect(story.step('lag')).toMatchObject({ state: 'succeeded', asked: null, execution: 2 });
    expect(story.run.state).toBe('waiting');
    expect(story.retry()).toBe('not_failed');
  });

  it('can be skipped instead, which takes the wish for a retry back', () => {
    const story = failed();
    story.retry();
    expect(story.skip('lag')).toBe('accepted');
    expect(story.step('lag')).toMatchObject({ state: 'skipped', asked: null });
  });

  it('stays as it is when its run is over', () => {
    const story = failed();
    story.ask({ type: 'finish_run', run: RUN, state: 'failed' });
    expect(story.retry()).toBe('run_finished');
    expect(story.skip('lag')).toBe('run_finished');
    expect(story.finish('lag', 'succeeded', 2)).toBe('unchanged');
  });

  it('of another kind than http, check and notify is not done again', () => {
    const story = new RunStory();
    story.finish('pause', 'failed');
    expect(story.retry('pause')).toBe('cannot_retry');
  });
});

describe('a run', () => {
  it('starts once, and not on a closed incident', () => {
    const story = new RunStory();
    const start = {
      type: 'start_run',
      run: RUN,
      runbook: 'drain',
      revision: 3,
      dryRun: false,
      steps: [],
    } as const;
    expect(story.ask({ ...start, steps: [] })).toBe('unchanged');
    story.ask({ type: 'resolve', comment: null, because: 'person' });
    expect(story.ask({ ...start, run: 'run-2', steps: [] })).toBe('accepted');
    story.ask({ type: 'waive_postmortem', reason: 'a transient' });
    expect(story.ask({ ...start, run: 'run-3', steps: [] })).toBe('already_closed');
  });

  it('takes no answers from people once it is to be cancelled', () => {
    const story = new RunStory();
    story.wait();
    expect(story.ask({ type: 'cancel_run', run: RUN, reason: 'wrong host' })).toBe('accepted');
    expect(story.ask({ type: 'cancel_run', run: RUN, reason: null })).toBe('unchanged');
    expect(story.complete()).toBe('run_cancelled');
    expect(story.ask({ type: 'finish_run', run: RUN, state: 'cancelled' })).toBe('accepted');
    expect(story.ask({ type: 'finish_run', run: RUN, state: 'failed' })).toBe('unchanged');
    expect(story.step('verify').state).toBe('cancelled');
    expect(story.ask({ type: 'cancel_run', run: RUN, reason: null })).toBe('unchanged');
  });

  it.each([
    ['no-such', 'verify', 'no_such_run'],
    ['__proto__', 'verify', 'no_such_run'],
    [RUN, 'nope', 'no_such_step'],
    [RUN, 'constructor', 'no_such_step'],
  ])('says what is not there: %s %s', (run, step, code) => {
    expect(new RunStory().ask({ type: 'retry_step', run, step, person: 'bo' })).toBe(code);
  });
});

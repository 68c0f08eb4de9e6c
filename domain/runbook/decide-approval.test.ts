import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { at } from '../incident/testing/incident-story.js';
import { RunStory } from './testing/run-story.js';

const asked = (more: Parameters<RunStory['requestApproval']>[0] = {}): RunStory => {
  const story = new RunStory();
  expect(story.requestApproval(more)).toBe('accepted');
  return story;
};

describe('an approval', () => {
  it('is given by one person, and the step is done with it', () => {
    const story = asked();
    expect(story.run.state).toBe('waiting');
    expect(story.decide('bo', 'approve')).toBe('accepted');
    expect(story.step('ok')).toMatchObject({ state: 'succeeded', approval: { outcome: 'approved' } });
    expect(story.run.state).toBe('running');
  });

  it('needs its quorum, each person counted once', () => {
    const story = asked({ min: 2 });
    expect(story.decide('bo', 'approve')).toBe('accepted');
    expect(story.decide('bo', 'approve')).toBe('unchanged');
    expect(story.step('ok')).toMatchObject({ state: 'waiting', approval: { outcome: 'pending' } });
    expect(story.decide('ana', 'approve')).toBe('accepted');
    expect(story.step('ok')).toMatchObject({ state: 'succeeded', approval: { outcome: 'approved' } });
    expect(story.events.at(-1)).toMatchObject({ data: { text: 'approved by bo, ana' } });
  });

  it('is refused by one no, however many have said yes', () => {
    const story = asked({ min: 3 });
    story.decide('bo', 'approve');
    expect(story.decide('ana', 'reject')).toBe('accepted');
    expect(story.step('ok')).toMatchObject({ state: 'failed', approval: { outcome: 'rejected' } });
    expect(story.decide('cleo', 'approve')).toBe('already_decided');
  });

  it.each<[string, (story: RunStory) => string, string]>([
    ['a stranger', (story) => story.decide('eve', 'approve', { entitled: false }), 'not_entitled'],
    [
      'other content than was shown',
      (story) => story.decide('bo', 'approve', { digest: 'd0' }),
      'content_changed',
    ],
    ['a yes to no content', (story) => story.decide('bo', 'approve', { digest: null }), 'digest_required'],
    ['a no to no content', (story) => story.decide('bo', 'reject', { digest: null }), 'accepted'],
    ['completing it', (story) => story.complete('ok'), 'approval_required'],
    ['skipping it', (story) => story.skip('ok'), 'approval_required'],
    ['doing it again', (story) => story.retry('ok'), 'cannot_retry'],
  ])('answers %s', (_, act, answer) => {
    expect(act(asked())).toBe(answer);
  });

  it('of two people is not given by the one who started the run', () => {
    const story = asked({ twoPerson: true });
    expect(story.decide('ana', 'approve')).toBe('two_person');
    expect(story.decide('ana', 'reject')).toBe('two_person');
    expect(story.decide('cleo', 'approve', { isAuthor: true })).toBe('two_person');
    expect(story.decide('bo', 'approve')).toBe('accepted');
  });

  it.each([
    ['key:1', ['ana']],
    ['admin-token', []],
    ['ana', ['key:1']],
    ['ana', ['bo', 'admin-token']],
    ['tocsin', ['source:prometheus']],
  ])('of two people takes two when %s started it and %j wrote it', (startedBy, authors) => {
    const story = new RunStory(startedBy);
    story.requestApproval({ twoPerson: true, authors });
    expect(story.decide('cleo', 'approve')).toBe('accepted');
    expect(story.step('ok')).toMatchObject({ state: 'waiting', approval: { min: 2, outcome: 'pending' } });
    expect(story.decide('dana', 'approve')).toBe('accepted');
    expect(story.run.state).toBe('running');
    expect(story.events.find(({ kind }) => kind === 'approval_requested')?.data).not.toHaveProperty(
      'authors',
    );
  });

  it('that is not of two people takes as many as it asks for, whoever started it', () => {
    const story = new RunStory('key:1');
    story.requestApproval({ authors: ['key:1'] });
    expect(story.decide('cleo', 'approve')).toBe('accepted');
    expect(story.run.state).toBe('running');
  });

  it('keeps a first answer: who wants to change it is told so', () => {
    const story = asked({ min: 2 });
    story.decide('bo', 'approve');
    expect(story.decide('bo', 'reject')).toBe('already_decided');
  });

  it('is not taken after its time, even while no timer has said so', () => {
    const story = asked({ expiresAt: at(120) });
    expect(story.decide('bo', 'approve', { seconds: 120 })).toBe('approval_expired');
    expect(story.expire()).toBe('accepted');
    expect(story.step('ok')).toMatchObject({ state: 'timed_out', approval: { outcome: 'expired' } });
    expect(story.decide('bo', 'approve', { seconds: 121 })).toBe('already_decided');
  });

  it('stands against a timer that comes late, and against a repeated request', () => {
    const story = asked();
    story.decide('bo', 'approve');
    const before = story.events.length;
    expect(story.expire()).toBe('unchanged');
    expect(story.requestApproval()).toBe('unchanged');
    expect(story.finish('ok', 'timed_out')).toBe('unchanged');
    expect(story.events).toHaveLength(before);
  });

  it('asked anew is not ended by the timer of the time before', () => {
    const story = asked();
    story.expire();
    expect(story.requestApproval({ execution: 2, approval: 'approval-2' })).toBe('accepted');
    expect(story.expire(1)).toBe('unchanged');
    expect(story.decide('bo', 'approve')).toBe('accepted');
  });

  it('is closed with its run', () => {
    const story = asked();
    story.ask({ type: 'finish_run', run: 'run-1', state: 'cancelled' });
    expect(story.step('ok')).toMatchObject({ state: 'cancelled', approval: { outcome: 'expired' } });
    expect(story.run.state).toBe('cancelled');
    expect(story.decide('bo', 'approve')).toBe('already_decided');
  });
});

type Act = { by: string; decision: 'approve' | 'reject' } | 'expire' | 'repeat' | 'finish' | 'cancel';
const act = fc.oneof(
  fc.record({
    by: fc.constantFrom('ana', 'bo', 'cleo', 'dana'),
    decision: fc.constantFrom('approve' as const, 'reject' as const),
  }),
  fc.constantFrom<Act>('expire', 'repeat', 'finish', 'cancel'),
);

it('any order of answers, timers and repeats ends in exactly one outcome, decided by people who count', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), (acts, min) => {
      const story = asked({ min });
      for (const one of acts) {
        if (one === 'expire') story.expire();
        else if (one === 'repeat') story.requestApproval({ min });
        else if (one === 'finish') story.finish('ok', 'timed_out');
        else if (one === 'cancel') story.ask({ type: 'cancel_run', run: 'run-1', reason: null });
        else story.decide(one.by, one.decision, { entitled: one.by !== 'dana' });
      }
      story.ask({ type: 'finish_run', run: 'run-1', state: 'failed' });

      const outcomes = story.events.filter(
        (event) =>
          event.kind === 'approval_expired' ||
          (event.kind === 'approval_decided' && event.data.outcome !== 'pending'),
      );
      expect(outcomes).toHaveLength(1);
      expect(story.events.filter((event) => event.kind === 'step_finished')).toHaveLength(1);
      const approval = story.step('ok').approval;
      const yes = approval?.decisions.filter((one) => one.decision === 'approve') ?? [];
      expect(new Set(approval?.decisions.map((one) => one.person)).size).toBe(approval?.decisions.length);
      expect(approval?.decisions.map((one) => one.person)).not.toContain('dana');
      expect(approval?.outcome === 'approved').toBe(
        yes.length === min && yes.length === approval?.decisions.length,
      );
    }),
    { numRuns: 300 },
  );
});

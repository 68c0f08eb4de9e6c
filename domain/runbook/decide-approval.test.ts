import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { at } from '../incident/testing/incident-builder.js';
import { RunBuilder } from './testing/run-builder.js';

const asked = (more: Parameters<RunBuilder['requestApproval']>[0] = {}): RunBuilder => {
  const run = new RunBuilder();
  expect(run.requestApproval(more)).toBe('accepted');
  return run;
};

describe('an approval', () => {
  it('is given by one person, and the step is done with it', () => {
    const run = asked();
    expect(run.run.state).toBe('waiting');
    expect(run.decide('bo', 'approve')).toBe('accepted');
    expect(run.step('ok')).toMatchObject({ state: 'succeeded', approval: { outcome: 'approved' } });
    expect(run.run.state).toBe('running');
  });

  it('needs its quorum, each person counted once', () => {
    const run = asked({ min: 2 });
    expect(run.decide('bo', 'approve')).toBe('accepted');
    expect(run.decide('bo', 'approve')).toBe('unchanged');
    expect(run.step('ok')).toMatchObject({ state: 'waiting', approval: { outcome: 'pending' } });
    expect(run.decide('ana', 'approve')).toBe('accepted');
    expect(run.step('ok')).toMatchObject({ state: 'succeeded', approval: { outcome: 'approved' } });
    expect(run.events.at(-1)).toMatchObject({ data: { text: 'approved by bo, ana' } });
  });

  it('is refused by one no, however many have said yes', () => {
    const run = asked({ min: 3 });
    run.decide('bo', 'approve');
    expect(run.decide('ana', 'reject')).toBe('accepted');
    expect(run.step('ok')).toMatchObject({ state: 'failed', approval: { outcome: 'rejected' } });
    expect(run.decide('cleo', 'approve')).toBe('already_decided');
  });

  it.each<[string, (run: RunBuilder) => string, string]>([
    ['a stranger', (run) => run.decide('eve', 'approve', { entitled: false }), 'not_entitled'],
    [
      'other content than was shown',
      (run) => run.decide('bo', 'approve', { digest: 'd0' }),
      'content_changed',
    ],
    ['a yes to no content', (run) => run.decide('bo', 'approve', { digest: null }), 'digest_required'],
    ['a no to no content', (run) => run.decide('bo', 'reject', { digest: null }), 'accepted'],
    ['completing it', (run) => run.complete('ok'), 'approval_required'],
    ['skipping it', (run) => run.skip('ok'), 'approval_required'],
    ['doing it again', (run) => run.retry('ok'), 'cannot_retry'],
  ])('answers %s', (_, act, answer) => {
    expect(act(asked())).toBe(answer);
  });

  it('of two people is not given by the one who started the run', () => {
    const run = asked({ twoPerson: true });
    expect(run.decide('ana', 'approve')).toBe('two_person');
    expect(run.decide('ana', 'reject')).toBe('two_person');
    expect(run.decide('cleo', 'approve', { isAuthor: true })).toBe('two_person');
    expect(run.decide('bo', 'approve')).toBe('accepted');
  });

  it.each([
    ['key:1', ['ana']],
    ['admin-token', []],
    ['ana', ['key:1']],
    ['ana', ['bo', 'admin-token']],
    ['tocsin', ['source:prometheus']],
  ])('of two people takes two when %s started it and %j wrote it', (startedBy, authors) => {
    const run = new RunBuilder(startedBy);
    run.requestApproval({ twoPerson: true, authors });
    expect(run.decide('cleo', 'approve')).toBe('accepted');
    expect(run.step('ok')).toMatchObject({ state: 'waiting', approval: { min: 2, outcome: 'pending' } });
    expect(run.decide('dana', 'approve')).toBe('accepted');
    expect(run.run.state).toBe('running');
    expect(run.events.find(({ kind }) => kind === 'approval_requested')?.data).not.toHaveProperty('authors');
  });

  it('that is not of two people takes as many as it asks for, whoever started it', () => {
    const run = new RunBuilder('key:1');
    run.requestApproval({ authors: ['key:1'] });
    expect(run.decide('cleo', 'approve')).toBe('accepted');
    expect(run.run.state).toBe('running');
  });

  it('keeps a first answer: who wants to change it is told so', () => {
    const run = asked({ min: 2 });
    run.decide('bo', 'approve');
    expect(run.decide('bo', 'reject')).toBe('already_decided');
  });

  it('is not taken after its time, even while no timer has said so', () => {
    const run = asked({ expiresAt: at(120) });
    expect(run.decide('bo', 'approve', { seconds: 120 })).toBe('approval_expired');
    expect(run.expire()).toBe('accepted');
    expect(run.step('ok')).toMatchObject({ state: 'timed_out', approval: { outcome: 'expired' } });
    expect(run.decide('bo', 'approve', { seconds: 121 })).toBe('already_decided');
  });

  it('stands against a timer that comes late, and against a repeated request', () => {
    const run = asked();
    run.decide('bo', 'approve');
    const before = run.events.length;
    expect(run.expire()).toBe('unchanged');
    expect(run.requestApproval()).toBe('unchanged');
    expect(run.finish('ok', 'timed_out')).toBe('unchanged');
    expect(run.events).toHaveLength(before);
  });

  it('asked anew is not ended by the timer of the time before', () => {
    const run = asked();
    run.expire();
    expect(run.requestApproval({ execution: 2, approval: 'approval-2' })).toBe('accepted');
    expect(run.expire(1)).toBe('unchanged');
    expect(run.decide('bo', 'approve')).toBe('accepted');
  });

  it('is closed with its run', () => {
    const run = asked();
    run.ask({ type: 'finish_run', run: 'run-1', state: 'cancelled' });
    expect(run.step('ok')).toMatchObject({ state: 'cancelled', approval: { outcome: 'expired' } });
    expect(run.run.state).toBe('cancelled');
    expect(run.decide('bo', 'approve')).toBe('already_decided');
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
      const run = asked({ min });
      for (const one of acts) {
        if (one === 'expire') run.expire();
        else if (one === 'repeat') run.requestApproval({ min });
        else if (one === 'finish') run.finish('ok', 'timed_out');
        else if (one === 'cancel') run.ask({ type: 'cancel_run', run: 'run-1', reason: null });
        else run.decide(one.by, one.decision, { entitled: one.by !== 'dana' });
      }
      run.ask({ type: 'finish_run', run: 'run-1', state: 'failed' });

      const outcomes = run.events.filter(
        (event) =>
          event.kind === 'approval_expired' ||
          (event.kind === 'approval_decided' && event.data.outcome !== 'pending'),
      );
      expect(outcomes).toHaveLength(1);
      expect(run.events.filter((event) => event.kind === 'step_finished')).toHaveLength(1);
      const approval = run.step('ok').approval;
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

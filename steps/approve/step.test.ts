import { describe, expect, it } from '@jest/globals';
import { approvalContent, approve } from './step.js';

const context = { scope: null, hosts: undefined, limitMs: 60_000 };

describe('an approve step', () => {
  it('asks as long as its own limit says', () => {
    const ask = { from: ['team:db', 'role:commander'], message: 'Drain?' };
    expect(approve.render(ask, context)).toEqual({ kind: 'approve', ask, timeoutMs: 60_000 });
    expect(approve.request?.(ask)).toBe('Drain?');
    expect(approve.addressees?.(ask)).toEqual([
      { path: 'from[0]', to: 'team:db' },
      { path: 'from[1]', to: 'role:commander' },
    ]);
  });

  it('refuses a message that does not fit into an event', () => {
    expect(() => approve.render({ from: ['team:db'], message: 'x'.repeat(2001) }, context)).toThrow(
      'its message has 2001 characters; at most 2000 are allowed',
    );
  });

  it('has one content whatever the order of its keys', () => {
    const about = { run: 'r', runbook: 'drain', revision: 3, step: 'ok', execution: 1, outputs: {} };
    const ask = { from: ['team:db'], message: 'Drain?' };
    expect(approvalContent({ ...about, ask, inputs: { a: 1, b: [{ d: 2, c: 3 }] } })).toBe(
      approvalContent({ inputs: { b: [{ c: 3, d: 2 }], a: 1 }, ask, ...about }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { type DeliveryState, isLegalMove } from './delivery-state.js';
import { type AttemptResult, retryDelayMs } from './retry.js';
import { type AttemptedRow, type Changes, settle, withdraw } from './settle.js';

const accepted: AttemptResult = { kind: 'accepted' };
const failed: AttemptResult = { kind: 'failed', permanent: false };
const gone: AttemptResult = { kind: 'failed', permanent: true };
const unknown: AttemptResult = { kind: 'ambiguous' };

const leased: AttemptedRow = {
  type: 'page.requested',
  state: 'sending',
  lease: 'mine',
  reason: null,
  receipt: null,
  attempts: 1,
  isDoubtful: false,
  bundled: [],
};
const times = { leaseMs: 30_000, confirmsWithinMs: 120_000 };
const attemptAt = (row: AttemptedRow, lease = 'mine', listed: string[] = ['INC-2']) => ({
  lease,
  attempt: row.attempts,
  key: '',
  number: 'INC-1',
  listed,
});
const settled = (about: Partial<AttemptedRow>, outcome: AttemptResult, lease?: string) => {
  const row = { ...leased, ...about };
  return settle(row, attemptAt(row, lease), outcome, times);
};

describe('the end of an attempt', () => {
  it.each<[string, Partial<AttemptedRow>, AttemptResult, Partial<Changes>]>([
    [
      'accepted: a receipt is awaited',
      {},
      accepted,
      { state: 'accepted', dueInMs: null, confirmsInMs: 120_000 },
    ],
    [
      'failed: tried again',
      {},
      failed,
      { state: 'failed', dueInMs: 2_000, nextContact: 'none', isNews: true },
    ],
    ['unknown: tried again', {}, unknown, { state: 'failed', dueInMs: 2_000, isNews: true }],
    [
      'refused for good: given up, any next contact is tried',
      {},
      gone,
      { state: 'exhausted', dueInMs: null, nextContact: 'any' },
    ],
    [
      'failed twice: another contact is tried beside',
      { attempts: 2 },
      failed,
      { state: 'failed', dueInMs: 10_000, nextContact: 'other' },
    ],
    [
      'failed for the last time',
      { attempts: 6 },
      failed,
      { state: 'exhausted', dueInMs: null, nextContact: 'any' },
    ],
    [
      'accepted at the last attempt',
      { attempts: 6 },
      accepted,
      { state: 'accepted', nextContact: 'none', isNews: false },
    ],
    [
      'failed after an answer: not tried again',
      { reason: 'acked' },
      failed,
      { state: 'failed', reason: 'acked', dueInMs: null, nextContact: 'none', isNews: false },
    ],
    [
      'refused for good after an answer: nobody else is paged',
      { reason: 'acked' },
      gone,
      { state: 'failed', reason: 'acked', dueInMs: null, nextContact: 'none', isNews: false },
    ],
    [
      'accepted after an answer: it went out all the same',
      { reason: 'acked' },
      accepted,
      { state: 'accepted', reason: null },
    ],
    [
      'accepted, and the receipt was faster',
      { receipt: 'read' },
      accepted,
      { state: 'delivered', confirmsInMs: null },
    ],
    [
      'unknown, and the receipt says it arrived',
      { receipt: 'delivered' },
      unknown,
      { state: 'delivered', dueInMs: null },
    ],
    [
      'failed, whatever an earlier receipt says',
      { receipt: 'delivered' },
      failed,
      { state: 'failed', dueInMs: 2_000 },
    ],
    [
      'accepted, and the receipt says it is lost',
      { receipt: 'bounced' },
      accepted,
      { state: 'failed', dueInMs: null, nextContact: 'any', isNews: true },
    ],
    [
      'an update that failed is no news',
      { type: 'page.updated' },
      failed,
      { state: 'failed', isNews: false },
    ],
    [
      'an event that failed is no news',
      { type: 'incident.event' },
      gone,
      { state: 'exhausted', isNews: false },
    ],
  ])('%s', (_what, row, outcome, changes) => {
    expect(settled(row, outcome)).toMatchObject(changes);
  });

  it.each<[string, Partial<AttemptedRow>, DeliveryState | undefined]>([
    ['while another sender holds the row', { state: 'sending', lease: 'other' }, 'accepted'],
    ['after a later attempt failed', { state: 'failed', lease: null }, 'accepted'],
    ['after the row was given up', { state: 'exhausted', lease: null }, 'accepted'],
    ['with a receipt that says it arrived', { state: 'failed', lease: null, receipt: 'read' }, 'delivered'],
    [
      'against a receipt that says it is lost',
      { state: 'failed', lease: null, receipt: 'failed' },
      undefined,
    ],
    ['after a later attempt was accepted', { state: 'accepted', lease: null }, undefined],
    ['after an answer ended the row', { state: 'suppressed', lease: null, reason: 'acked' }, undefined],
  ])('that lost its lease and is accepted late, %s', (_what, row, state) => {
    expect(settled(row, accepted)?.state).toBe(state);
    for (const outcome of [failed, gone, unknown]) expect(settled(row, outcome)).toBeNull();
  });

  it('waits as long as the provider asks, five minutes at most', () => {
    expect(settled({}, { ...failed, retryAfterMs: 60_000 })).toMatchObject({ dueInMs: 60_000 });
    expect(settled({}, { ...failed, retryAfterMs: 9_000_000 })).toMatchObject({ dueInMs: 300_000 });
    expect(retryDelayMs(6)).toBeNull();
  });
});

describe('a page bundled into the message', () => {
  const after = (about: Partial<AttemptedRow>, outcome: AttemptResult, listed?: string[]) => {
    const row = { ...leased, ...about, bundled: [{ id: 'b', number: 'INC-2' }] };
    return settle(row, attemptAt(row, 'mine', listed), outcome, times)?.bundled[0];
  };

  it('ends with an accepted message that listed it, with the sentence that people read', () => {
    expect(after({}, accepted)).toMatchObject({
      state: 'suppressed',
      reason: "bundled into INC-1's page",
      isSentInBundle: true,
      dueInMs: null,
      staysBundled: true,
    });
  });

  it('is due at once, marked, when only a later attempt listed it', () => {
    expect(after({}, accepted, [])).toMatchObject({ state: 'planned', dueInMs: 0, staysBundled: true });
  });

  it('is due at once when the message failed, marked only if an earlier attempt may have delivered it', () => {
    expect(after({}, failed)).toMatchObject({ state: 'planned', dueInMs: 0, staysBundled: false });
    expect(after({ isDoubtful: true }, failed)).toMatchObject({ dueInMs: 0, staysBundled: true });
  });

  it('goes with the retry of a message whose result is unknown, alone when there is none', () => {
    expect(after({}, unknown)).toMatchObject({ state: 'planned', dueInMs: 32_000, staysBundled: true });
    expect(after({ attempts: 6 }, unknown)).toMatchObject({ dueInMs: 0, staysBundled: true });
    expect(after({ reason: 'acked' }, unknown)).toMatchObject({ dueInMs: 0, staysBundled: true });
  });

  it('is due again when the message bounced before its sender settled it', () => {
    expect(after({ receipt: 'bounced' }, accepted)).toMatchObject({ state: 'planned', dueInMs: 0 });
  });
});

describe('an attempt that was never made', () => {
  const withdrawn = (about: Partial<AttemptedRow>) =>
    withdraw({ ...leased, bundled: [{ id: 'b', number: 'INC-2' }], ...about }, { lease: 'mine' });

  it.each<[string, Partial<AttemptedRow>, Partial<Changes>]>([
    ['leaves the page due when nobody answered', {}, { state: 'failed', dueInMs: 0, reason: null }],
    [
      'ends a page that was answered before any attempt',
      { reason: 'acked' },
      { state: 'suppressed', dueInMs: null },
    ],
    [
      'ends an answered page that was tried before',
      { reason: 'acked', attempts: 2 },
      { state: 'failed', dueInMs: null, reason: 'acked' },
    ],
  ])('%s, and makes bundled pages due', (_what, row, changes) => {
    expect(withdrawn(row)).toMatchObject({
      ...changes,
      nextContact: 'none',
      bundled: [{ id: 'b', state: 'planned', dueInMs: 0, staysBundled: false }],
    });
  });

  it('leaves the row to the sender that holds it', () => {
    expect(withdrawn({ lease: 'other' })).toBeNull();
    expect(withdrawn({ state: 'failed', lease: null })).toBeNull();
  });
});

it('no end of an attempt makes an illegal move, from whatever row', () => {
  const states: DeliveryState[] = [
    'planned',
    'sending',
    'accepted',
    'delivered',
    'failed',
    'exhausted',
    'suppressed',
  ];
  let moves = 0;
  for (const state of states)
    for (const lease of state === 'sending' ? ['mine', 'other'] : [null])
      for (const reason of [null, 'acked'])
        for (const receipt of [null, 'missing', 'delivered', 'read', 'failed', 'bounced'])
          for (const attempts of [1, 2, 6])
            for (const outcome of [accepted, failed, gone, unknown, null]) {
              const row = { ...leased, state, lease, reason, receipt, attempts };
              const changes =
                outcome === null
                  ? withdraw(row, { lease: 'mine' })
                  : settle(row, attemptAt(row), outcome, times);
              if (changes === null) continue;
              moves += 1;
              expect(isLegalMove(state, changes.state)).toBe(true);
              // What has ended is never due again, and an answered page is not sent again.
              if (changes.state !== 'failed' || changes.reason !== null) expect(changes.dueInMs).toBeNull();
            }
  expect(moves).toBeGreaterThan(100);
});

import { describe, expect, it } from '@jest/globals';
import { type DeliveryState, IllegalMove, isDeadStep, moved } from './delivery-state.js';
import { receiveReceipt, type ReceivingRow, type Verdict } from './receive-receipt.js';
import { take } from './take-due.js';

const row = (about: Partial<ReceivingRow> = {}): ReceivingRow => ({
  state: 'accepted',
  attempts: 1,
  receipt: null,
  provider: 'twilio',
  providerId: 'SM1',
  ...about,
});
const received = (about: Partial<ReceivingRow>, verdict: Verdict, providerId: string | null = 'SM1') =>
  receiveReceipt(row(about), { provider: 'twilio', providerId, verdict });

describe('a receipt', () => {
  it.each<[Verdict, Record<DeliveryState, DeliveryState | null>]>([
    [
      'delivered',
      {
        planned: null,
        sending: 'sending',
        accepted: 'delivered',
        delivered: null,
        failed: null,
        exhausted: null,
        suppressed: null,
      },
    ],
    [
      'read',
      {
        planned: null,
        sending: 'sending',
        accepted: 'delivered',
        delivered: 'delivered',
        failed: null,
        exhausted: null,
        suppressed: null,
      },
    ],
    [
      'failed',
      {
        planned: null,
        sending: 'sending',
        accepted: 'failed',
        delivered: null,
        failed: null,
        exhausted: null,
        suppressed: null,
      },
    ],
    [
      'bounced',
      {
        planned: null,
        sending: 'sending',
        accepted: 'failed',
        delivered: null,
        failed: null,
        exhausted: null,
        suppressed: null,
      },
    ],
  ])('that says "%s" moves a row only forwards', (verdict, after) => {
    const states = Object.keys(after) as DeliveryState[];
    expect(Object.fromEntries(states.map((state) => [state, received({ state }, verdict)]))).toEqual(after);
  });

  it('of another provider or message says nothing about this row', () => {
    expect(received({ provider: 'telnyx' }, 'delivered')).toBeNull();
    expect(received({}, 'delivered', 'SM2')).toBeNull();
    expect(received({}, 'delivered', null)).toBe('delivered');
    expect(received({ providerId: null }, 'delivered', 'SM2')).toBe('delivered');
  });

  it('that says the message is lost may be of the attempt before, while a later one is under way', () => {
    expect(received({ state: 'sending', attempts: 2 }, 'failed')).toBeNull();
    expect(received({ state: 'sending', attempts: 2 }, 'delivered', 'SM0')).toBe('sending');
  });

  it('that says "read" counts once', () => {
    expect(received({ state: 'delivered', receipt: 'read' }, 'read')).toBeNull();
  });
});

describe('a due row that a sender takes', () => {
  it('is leased, unless its sender disappeared and it was answered meanwhile', () => {
    expect(take({ state: 'planned', reason: null })).toBe('sending');
    expect(take({ state: 'failed', reason: null })).toBe('sending');
    expect(take({ state: 'sending', reason: null })).toBe('sending');
    expect(take({ state: 'sending', reason: 'acked' })).toBe('failed');
  });

  it.each<DeliveryState>(['accepted', 'delivered', 'exhausted', 'suppressed'])(
    'is refused when it is %s',
    (state) => {
      expect(() => take({ state, reason: null })).toThrow(IllegalMove);
    },
  );
});

it('an illegal move is refused with the states that would be legal', () => {
  expect(moved('accepted', 'delivered')).toBe('delivered');
  expect(() => moved('accepted', 'sending')).toThrow(
    'a delivery cannot go from accepted to sending; from accepted it goes to delivered, failed',
  );
});

it('a step is dead when all its rows have ended and one was given up', () => {
  expect(isDeadStep([])).toBe(false);
  expect(isDeadStep(['suppressed'])).toBe(false);
  expect(isDeadStep(['suppressed', 'exhausted'])).toBe(true);
  expect(isDeadStep(['failed', 'exhausted'])).toBe(false);
});

import { describe, expect, it } from '@jest/globals';
import type { Channel, SendOutcome } from '../ports/channel.js';
import type { LedgerPort } from '../ports/delivery.js';
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import { IncidentBuilder } from '../domain/incident/testing/incident-builder.js';
import { sendDelivery, type Sender } from './send-delivery.js';

const delivery = (lease: string): LeasedDelivery => ({
  id: 'delivery-1',
  lease,
  key: 'k1',
  type: 'page.requested',
  subject: {},
  escalation: 'checkout',
  cycle: 0,
  step: 1,
  person: 'ana',
  contact: 'hook',
  channel: 'webhook',
  address: 'https://example.com/hook',
  attempt: 1,
  possibleDuplicate: false,
  incident: new IncidentBuilder().state,
  bridge: null,
  personName: 'Ana',
  link: 'token',
  secret: 'secret',
});

const taken: SendOutcome = { kind: 'accepted', provider: 'webhook', providerId: null };

/** One ledger row whose next `outages` calls of `settle` fail. */
function fixture({ outages = 0, isAnswered = false } = {}) {
  const calls: string[] = [];
  const settled: SendOutcome[] = [];
  const withdrawn: string[] = [];
  let left = outages;
  const channel: Channel = {
    name: 'webhook',
    async send(request) {
      calls.push(request.idempotencyKey);
      return taken;
    },
  };
  const ledger: LedgerPort = {
    mayStillSend: async () => !isAnswered,
    withdraw: async ({ lease }) => void withdrawn.push(lease),
    async settle(_delivery, outcome) {
      if (left-- > 0) throw new Error('Connection terminated unexpectedly');
      settled.push(outcome);
    },
  };
  const sender: Sender = {
    ledger,
    channels: new Map([['webhook', channel]]),
    publicUrl: 'https://tocsin.example.com',
  };
  return { sender, calls, settled, withdrawn };
}

describe('an attempt', () => {
  it('calls the provider once for a lease, however often it is asked for while it lasts', async () => {
    const { sender, calls, settled } = fixture();
    const first = sendDelivery(sender, delivery('lease-1'), 3_000);
    const second = sendDelivery(sender, delivery('lease-1'), 3_000);
    expect(await Promise.all([first, second])).toEqual(['accepted', 'accepted']);
    expect(calls).toEqual(['k1']);
    expect(settled).toEqual([taken]);
  });

  it('is settled as soon as a ledger that was away is back; asking again meanwhile sends nothing', async () => {
    const { sender, calls, settled } = fixture({ outages: 2 });
    const first = sendDelivery(sender, delivery('lease-2'), 3_000);
    const repeated = sendDelivery(sender, delivery('lease-2'), 3_000);
    expect(await Promise.all([first, repeated])).toEqual(['accepted', 'accepted']);
    expect(calls).toEqual(['k1']);
    expect(settled).toEqual([taken]);
  });

  it('is not made again with the same lease when the ledger stays away: whoever takes over says that it may be a repeat', async () => {
    const { sender, calls, settled } = fixture({ outages: Number.POSITIVE_INFINITY });
    const impatient = { ...sender, leaseMs: 250 };
    const startedAt = performance.now();
    await expect(sendDelivery(impatient, delivery('lease-4'), 1_000)).rejects.toThrow(
      'could not be recorded',
    );
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(250);
    await expect(sendDelivery(impatient, delivery('lease-4'), 1_000)).rejects.toThrow(
      'could not be recorded',
    );
    expect(calls).toHaveLength(1);
    expect(settled).toEqual([]);
  });

  it('is not made when somebody has answered in between', async () => {
    const { sender, calls, withdrawn } = fixture({ isAnswered: true });
    expect(await sendDelivery(sender, delivery('lease-3'), 3_000)).toBe('withdrawn');
    expect(calls).toEqual([]);
    expect(withdrawn).toEqual(['lease-3']);
  });
});

describe('an attempt after one with an unknown outcome', () => {
  /** The page is answered during the provider's look-up for the first attempt, or while its `send` is pending. */
  function answeredMeanwhile({ found = null }: { found?: SendOutcome | null } = {}) {
    const { sender, calls, settled, withdrawn } = fixture();
    let isAnswered = false;
    const wanted: (boolean | undefined)[] = [];
    const channel: Channel = {
      name: 'webhook',
      async lookUp() {
        isAnswered = true;
        return found;
      },
      async send(request) {
        calls.push(request.idempotencyKey);
        wanted.push(await request.stillWanted?.());
        isAnswered = true;
        wanted.push(await request.stillWanted?.());
        return taken;
      },
    };
    const ledger: LedgerPort = { ...sender.ledger, mayStillSend: async () => !isAnswered };
    const asking = { ...sender, ledger, channels: new Map([['webhook', channel]]) };
    return { sender: asking, calls, settled, withdrawn, wanted };
  }
  const again = (lease: string): LeasedDelivery => ({
    ...delivery(lease),
    attempt: 2,
    possibleDuplicate: true,
  });

  it('is not sent when somebody has answered while it was looked for', async () => {
    const { sender, calls, settled, withdrawn } = answeredMeanwhile();
    expect(await sendDelivery(sender, again('lease-9'), 3_000)).toBe('withdrawn');
    expect([calls, settled, withdrawn]).toEqual([[], [], ['lease-9']]);
  });

  it('is known to have been taken when it was found, whoever has answered', async () => {
    const { sender, calls, settled } = answeredMeanwhile({ found: taken });
    expect(await sendDelivery(sender, again('lease-10'), 3_000)).toBe('accepted');
    expect([calls, settled]).toEqual([[], [taken]]);
  });

  it('tells its channel, between two providers, whether it is wanted still', async () => {
    const { sender, wanted } = answeredMeanwhile();
    await sendDelivery(sender, delivery('lease-11'), 3_000);
    expect(wanted).toEqual([true, false]);
  });
});

describe('a change of a page that was sent', () => {
  const change = (lease: string, providerId: string | null, isUnderWay = false): LeasedDelivery => ({
    ...delivery(lease),
    key: 'k2',
    type: 'page.updated',
    subject: { text: 'Acknowledged by Bo Lind, 22:12 UTC.' },
    updates: { key: 'k1', providerId, isUnderWay },
  });
  /** A provider that has the pages with the keys in `known`. */
  function chat(known: Record<string, string>) {
    const { sender, settled } = fixture();
    const changed: string[] = [];
    const channel: Channel = {
      name: 'webhook',
      send: async () => taken,
      lookUp: async ({ idempotencyKey }) => {
        const providerId = known[idempotencyKey];
        return providerId === undefined ? null : { kind: 'accepted', provider: 'webhook', providerId };
      },
      update: async ({ providerId, status }) => {
        changed.push(`${providerId}: ${status.text}`);
        return { kind: 'accepted', provider: 'webhook', providerId };
      },
    };
    return { sender: { ...sender, channels: new Map([['webhook', channel]]) }, settled, changed };
  }

  it('is made where the provider said that the page is', async () => {
    const { sender, changed } = chat({});
    expect(await sendDelivery(sender, change('lease-5', 'D1:1'), 3_000)).toBe('accepted');
    expect(changed).toEqual(['D1:1: Acknowledged by Bo Lind, 22:12 UTC.']);
  });

  it('is looked for by the key of the page when the answer was lost', async () => {
    const { sender, changed } = chat({ k1: 'D1:7' });
    expect(await sendDelivery(sender, change('lease-6', null), 3_000)).toBe('accepted');
    expect(changed).toEqual(['D1:7: Acknowledged by Bo Lind, 22:12 UTC.']);
  });

  it.each<[string, 'triggered' | 'acknowledged', Record<string, unknown>, string[]]>([
    ['somebody has it', 'acknowledged', {}, ['k1']],
    ['its own person has answered, and others are waited for', 'triggered', { isAnswered: true }, ['k1']],
    ['it still waits for its person', 'triggered', { isAnswered: false }, []],
  ])(
    'silences what repeats itself, by the key of the page alone, when %s',
    async (what, status, subject, keys) => {
      const { sender } = chat({});
      const silenced: string[] = [];
      const channel: Channel = {
        name: 'webhook',
        send: async () => taken,
        silence: async ({ idempotencyKey }) => {
          silenced.push(idempotencyKey);
          return taken;
        },
      };
      const changed = change(`lease-${what}`, null);
      expect(
        await sendDelivery(
          { ...sender, channels: new Map([['webhook', channel]]) },
          { ...changed, subject, incident: { ...changed.incident, status } },
          3_000,
        ),
      ).toBe('accepted');
      expect(silenced).toEqual(keys);
    },
  );

  it('is given up when nobody knows the page, and tried again while it is on its way', async () => {
    const { sender, changed, settled } = chat({});
    expect(await sendDelivery(sender, change('lease-7', null), 3_000)).toBe('failed');
    expect(await sendDelivery(sender, change('lease-8', null, true), 3_000)).toBe('failed');
    expect(settled).toMatchObject([{ permanent: true }, { permanent: false }]);
    expect(changed).toEqual([]);
  });
});

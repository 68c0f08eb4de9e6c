import { afterEach, describe, expect, it, jest } from '@jest/globals';
import pino from 'pino';
import type { SendOutcome } from '../ports/channel.js';
import { pagedFixture } from '../db/testing/paged-fixture.js';
import { withDatabase } from '../test/harness/database.js';
import { eventually } from '../test/harness/eventually.js';
import { DueDeliveries } from './due-deliveries.js';
import { LedgerFollower } from './ledger-follower.js';

const log = pino({ level: 'silent' });
const accepted: SendOutcome = { kind: 'accepted', provider: 'smtp', providerId: null };
const INCIDENT = '018f0000-0000-7000-8000-000000000042';

afterEach(() => {
  jest.useRealTimers();
});

/** Returns the next of these answers per look, then repeats the last one; counts looks and the most at once. */
function looking(answers: (number | null)[]) {
  const seen = { looks: 0, atOnce: 0, most: 0 };
  const follower = new LedgerFollower(
    {
      async sendDue() {
        const nextDueMs = answers[Math.min(seen.looks, answers.length - 1)] ?? null;
        seen.looks += 1;
        seen.most = Math.max(seen.most, (seen.atOnce += 1));
        await Promise.resolve();
        seen.atOnce -= 1;
        return { events: [], nextDueMs };
      },
    },
    log,
  );
  return { follower, seen };
}

describe('what is owed now', () => {
  it('is tried again when the retry is due, on the record, without its workflow', () =>
    withDatabase(async (dataSource) => {
      const story = await pagedFixture(dataSource);
      const { store } = story;
      const incident = await story.page();
      const answers: SendOutcome[] = [
        { kind: 'failed', provider: 'smtp', error: '500', permanent: false },
        accepted,
      ];
      const at: number[] = [];
      const follower = new LedgerFollower(
        new DueDeliveries({
          store,
          self: 'worker',
          sender: {
            ledger: store.ledger,
            publicUrl: 'https://tocsin.example.com',
            channels: new Map([
              [
                'email',
                {
                  name: 'email',
                  async send() {
                    at.push(performance.now());
                    return answers.shift() ?? accepted;
                  },
                },
              ],
            ]),
          },
        }),
        log,
      );
      await dataSource.query(`UPDATE delivery SET due_at = tocsin_now() WHERE state = 'planned'`);
      await follower.onNotify(incident.id);
      expect(await story.deliveries(incident)).toMatchObject([{}, { channel: 'email', state: 'failed' }]);
      await eventually(async () => (await story.deliveries(incident))[1]?.state === 'accepted', {
        what: 'the retry',
      });
      // Two seconds plus up to a quarter, as the ledger plans it.
      expect((at[1] ?? 0) - (at[0] ?? 0)).toBeLessThan(5_000);
      await follower.stop();
    }));

  it('is not looked at again and again when it cannot be had', async () => {
    jest.useFakeTimers();
    const { follower, seen } = looking([0]);
    await follower.onNotify(INCIDENT);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(seen.looks).toBeGreaterThan(5);
    expect(seen.looks).toBeLessThan(16);
    await follower.stop();
    const { looks } = seen;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(seen.looks).toBe(looks);
  });

  it('is left to its workflow when it is due later than a retry can be', async () => {
    jest.useFakeTimers();
    const { follower, seen } = looking([2_000, 900_000]);
    await follower.onNotify(INCIDENT);
    await jest.advanceTimersByTimeAsync(1_900_000);
    expect(seen.looks).toBe(2);
  });

  it('is looked at once more, however often it is told meanwhile, and never twice at once', async () => {
    const { follower, seen } = looking([null]);
    await Promise.all(Array.from({ length: 20 }, () => follower.onNotify(INCIDENT)));
    expect(seen).toMatchObject({ looks: 2, most: 1 });
  });
});

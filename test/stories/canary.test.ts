/**
 * The canary is paged by the real pipeline, only its success pings the outside monitor, and its failure is reported.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWebhookReceiver, type WebhookReceiver } from '../../integrations/webhook/fake.js';
import { IncidentsReply } from '../../contracts/api/incident.js';
import { SystemReply } from '../../contracts/api/system.js';
import { eventually } from '../harness/eventually.js';
import { startTocsin, type Tocsin } from '../harness/tocsin.js';

let outside: WebhookReceiver;
let tocsin: Tocsin;

beforeAll(async () => {
  outside = await startWebhookReceiver();
  tocsin = await startTocsin({
    env: { TOCSIN_CANARY: '1s', TOCSIN_HEARTBEAT_URL: `${outside.url}/ping/abc` },
  });
}, 90_000);

afterAll(async () => {
  await tocsin.end();
  await outside.close();
}, 60_000);

const watchdog = async (name: string) => {
  const { watchdogs } = await tocsin.ask(SystemReply, 'GET', '/api/v1/system');
  return watchdogs.find((one) => one.name === name);
};
/** Senders of the attempts, in order. */
const senders = (): Promise<{ process: string; cycle: number }[]> =>
  tocsin.sql(
    `SELECT h.process, d.cycle FROM delivery_attempt a JOIN delivery d ON d.id = a.delivery_id JOIN heartbeat h ON h.instance = a.sender
      WHERE d.channel = 'canary' ORDER BY a.at`,
  );

describe('the canary', () => {
  it('is paged again and again by the worker, and each success pings outside', async () => {
    await outside.nextDelivery(({ path }) => path === '/ping/abc', 30_000);
    await outside.nextDelivery(({ path }) => path === '/ping/abc', 30_000);
    expect(await watchdog('canary')).toMatchObject({ ok: true, text: expect.stringMatching(/^paged in \d/) });
    expect(await watchdog('heartbeat')).toMatchObject({ ok: true });
    const made = await senders();
    expect(made.length).toBeGreaterThanOrEqual(2);
    expect(new Set(made.map(({ process }) => process))).toEqual(new Set(['worker']));
    expect(new Set(made.map(({ cycle }) => cycle)).size).toBe(made.length);
    // The canary's routine is no action of a person, and an audit log grows for ever.
    expect(
      await tocsin.sql(`SELECT action FROM audit_entry WHERE action LIKE 'incident.%' ORDER BY id`),
    ).toEqual([{ action: 'incident.open' }]);
  }, 60_000);

  it('is in no list and takes no number of an incident', async () => {
    const { items } = await tocsin.ask(IncidentsReply, 'GET', '/api/v1/incidents');
    expect(items).toEqual([]);
    const { number } = (await tocsin.call('POST', '/api/v1/incidents', { title: 'The first' })).json as {
      number: string;
    };
    expect(number).toBe('INC-1');
  });

  it('says so when the pipeline does not page, and does not ping', async () => {
    await tocsin.stop('worker');
    await eventually(
      async () =>
        (
          await tocsin.sql<{ n: number }>(
            `SELECT count(*)::int AS n FROM incident WHERE number < 0 AND status = 'triggered'`,
          )
        )[0]?.n === 1,
      {
        what: 'a canary that waits for its page',
        timeoutMs: 20_000,
      },
    );
    const pings = outside.deliveries.length;
    // A minute passes on the record's own clock.
    await tocsin.sql(`UPDATE canary SET requested_at = requested_at - interval '2 minutes'`);
    await eventually(async () => (await watchdog('canary'))?.ok === false, {
      what: 'a canary that is not well',
      timeoutMs: 20_000,
    });
    expect(outside.deliveries.length).toBe(pings);
    const page = await tocsin.call('GET', '/api/v1/system');
    expect(page.text).toContain('has not been sent');
    await tocsin.start('worker');
    await eventually(async () => (await watchdog('canary'))?.ok === true, {
      what: 'a canary that is well again',
      timeoutMs: 40_000,
    });
  }, 120_000);
});

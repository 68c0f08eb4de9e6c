import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createPushoverChannel } from '../send/pushover.js';
import { type FakePushover, type PushoverMessage, startFakePushover } from '../fake.js';
import { pageMessage } from '../../shared/testing/messages.js';
import { loadConfig } from '../../../config/environment.js';
import { type PagedIncident, type PagedFixture, pagedFixture } from '../../../db/testing/paged-fixture.js';
import { createEgress } from '../../../egress/egress.js';
import { type RunningApi, startApi } from '../../../api/testing/start-api.js';

const USER = `u${'1'.repeat(29)}`;
const { secretKey } = loadConfig({
  DATABASE_URL: 'postgres://localhost/x',
  TOCSIN_SECRET_KEY: '0123456789abcdef0123456789abcdef',
});

let api: RunningApi;
let stack: PagedFixture;
let pushover: FakePushover;
const egress = createEgress({ allow: ['127.0.0.0/8'] });
beforeAll(async () => {
  api = await startApi();
  stack = await pagedFixture(api.store.dataSource, api.store);
  await stack.query(
    `UPDATE config_object SET spec = jsonb_set(spec, '{contacts}', spec->'contacts' || $1::jsonb) WHERE name = 'ana'`,
    [JSON.stringify([{ name: 'push', channel: 'pushover', address: USER }])],
  );
  await stack.query('UPDATE config_head SET version = version + 1');
});
afterAll(async () => {
  await egress.close();
  await api.stop();
});
beforeEach(async () => {
  pushover = await startFakePushover({ token: 'app', users: [USER] });
});
afterEach(() => pushover.close());

/** Sends one page by Pushover through the real channel; `lost`: Pushover accepted it, but its reply was lost. */
async function paged(isFirstLost = false): Promise<{
  incident: PagedIncident;
  message: PushoverMessage;
  lost: PushoverMessage | undefined;
  state: () => Promise<string>;
}> {
  const incident = await stack.page();
  const [row] = await stack.deliveries(incident);
  const channel = createPushoverChannel({
    egress,
    token: 'app',
    apiUrl: pushover.url,
    secretKey,
    publicUrl: api.url,
  });
  const send = () =>
    channel.send({
      destination: { channel: 'pushover', address: USER },
      message: pageMessage(),
      idempotencyKey: row?.key ?? '',
      timeoutMs: 5_000,
    });
  if (isFirstLost) {
    pushover.script('drop');
    expect(await send()).toMatchObject({ kind: 'ambiguous' });
  }
  const first = pushover.messages.at(-1);
  const outcome = await send();
  await stack.query(
    `UPDATE delivery SET channel = 'pushover', address = $2, provider = 'pushover', provider_id = $3 WHERE id = $1`,
    [row?.id, USER, outcome.kind === 'accepted' ? outcome.providerId : null],
  );
  const message = pushover.messages.at(-1);
  if (message === undefined) throw new Error('Pushover got nothing');
  return {
    incident,
    message,
    lost: first,
    state: async () => (await stack.deliveries(incident))[0]?.state ?? '',
  };
}

it('an acknowledgement in the app acknowledges the incident, once', async () => {
  const { incident, message, state } = await paged();
  expect(await pushover.acknowledge(message)).toMatchObject({
    status: 200,
    body: expect.stringContaining(`${incident.number} is acknowledged by you`),
  });
  expect([await stack.status(incident), await state()]).toEqual(['acknowledged', 'delivered']);
  expect(await pushover.acknowledge(message)).toMatchObject({ status: 200 });
  const events = await stack.query(
    `SELECT 1 FROM incident_event WHERE incident_id = $1 AND kind = 'acknowledged'`,
    [incident.id],
  );
  expect(events).toHaveLength(1);
});

it('counts for the message of an attempt whose answer was lost', async () => {
  const { incident, message, lost, state } = await paged(true);
  if (lost === undefined) throw new Error('Pushover took nothing');
  expect(lost.receipt).not.toBe(message.receipt);
  expect(await pushover.acknowledge(lost)).toMatchObject({
    status: 200,
    body: expect.stringContaining(`${incident.number} is acknowledged by you`),
  });
  expect([await stack.status(incident), await state()]).toEqual(['acknowledged', 'delivered']);
});

it('a forged one is refused and recorded', async () => {
  const { incident, message } = await paged();
  const forged = {
    ...message,
    form: { ...message.form, callback: `${message.form['callback']?.slice(0, -1)}x` },
  };
  expect((await pushover.acknowledge(forged)).status).toBe(403);
  expect((await pushover.acknowledge(message, { receipt: 'z' })).status).toBe(400);
  expect((await pushover.acknowledge(message, { acknowledged: '0' })).status).toBe(400);
  expect(await stack.status(incident)).toBe('triggered');
  const kept = await stack.query(
    `SELECT reason FROM provider_callback WHERE outcome = 'refused' AND provider = 'pushover'`,
  );
  expect(kept).toHaveLength(3);
});

/** Small openings for an unknown sender or the weakest role: metrics, stored refusals, stored plans, costly requests. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Rejections } from '../../api/ingest/rejections.js';
import { freePort } from '../../embedded/ports.js';
import { withDatabase } from '../harness/database.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
let metricsPort: number;
beforeAll(async () => {
  metricsPort = await freePort();
  stack = await startTestStack({
    parts: ['api'],
    env: {
      TOCSIN_METRICS_PORT: String(metricsPort),
      // A provider of phone messages, and no list of countries.
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'f'.repeat(32),
      TWILIO_FROM: '+4930123456',
    },
  });
}, 90_000);
afterAll(() => stack.end());

it('L5: metrics need a credential, or a port of their own, which serves nothing else', async () => {
  expect((await stack.tocsin.call('GET', '/metrics', undefined, { token: null })).status).toBe(401);
  expect(
    (await stack.tocsin.call('GET', '/metrics', undefined, { token: 'made up, and long enough for a token' }))
      .status,
  ).toBe(401);
  expect((await stack.tocsin.call('GET', '/metrics', undefined, { as: 'dana' })).text).toContain(
    'tocsin_database_up 1',
  );
  const apart = (path: string) => fetch(`http://127.0.0.1:${metricsPort}${path}`);
  expect(await (await apart('/metrics')).text()).toContain('tocsin_database_up 1');
  for (const path of ['/api/v1/me', '/incidents', '/', '/sign-in'])
    expect((await apart(path)).status).toBe(404);
});

it.each(['sms', 'voice'])('L6: without a list of countries no code is sent by %s', async (channel) => {
  const number = '+252611234567';
  const call = (path: string, body: object) =>
    stack.tocsin.call('POST', `/api/v1/people/dana/contacts${path}`, body, { as: 'dana' });
  const added = await call('', { name: `new-${channel}`, channel, address: number });
  expect([added.status, added.text]).toEqual([400, expect.stringContaining('TOCSIN_PHONE_COUNTRIES')]);
  // A number in a document does not bypass the rule.
  await stack.apply(`---
apiVersion: tocsin/v1
kind: Person
metadata: {name: dana}
spec: {displayName: Dana, email: dana@example.com, timezone: UTC, role: stakeholder, contacts: [{name: phone, channel: ${channel}, address: "${number}"}]}
`);
  const sent = await call('/phone/send-code', {});
  expect([sent.status, sent.text]).toEqual([400, expect.stringContaining('TOCSIN_PHONE_COUNTRIES')]);
  expect(await stack.tocsin.sql('SELECT 1 FROM contact_check')).toEqual([]);
});

it('L9: a stranger whose bodies are refused does not hide what others are refused for', () =>
  withDatabase(async (db) => {
    let notKept = 0;
    const rejections = new Rejections(db, { rejected: () => {}, notKept: () => void (notKept += 1) });
    const rejection = {
      source: null,
      format: 'generic',
      reason: 'unknown key',
      errors: [],
      body: Buffer.from('x'),
    };
    for (let n = 0; n < 1_500; n += 1) await rejections.store({ ...rejection, client: '198.51.100.7' });
    expect(notKept).toBeGreaterThan(1_000);
    await rejections.store({ ...rejection, client: '203.0.113.9', reason: 'a mistake in our own key' });
    expect(await db.query(`SELECT 1 FROM rejection WHERE reason = 'a mistake in our own key'`)).toHaveLength(
      1,
    );
  }));

it('L10: of the plans of one author the last 50 are kept, and nobody takes the place of another', async () => {
  const document = `apiVersion: tocsin/v1\nkind: Team\nmetadata: {name: other}\nspec: {displayName: Other, discipline: development, timezone: UTC, members: [ana], managers: [cleo]}\n`;
  const plan = async (as: string): Promise<string> => {
    const { status, text, json } = await stack.tocsin.call('POST', '/api/v1/config/plan', document, { as });
    if (status !== 200) throw new Error(`${status}: ${text}`);
    return (json as { plan: string }).plan;
  };
  const others = await plan('cleo');
  const made: string[] = [];
  for (let n = 0; n < 60; n += 1) made.push(await plan('root'));
  const kept = await stack.tocsin.sql<{ id: string }>('SELECT id FROM config_plan ORDER BY at');
  expect(kept.map(({ id }) => id)).toEqual([others, ...made.slice(10)]);
});

it('M12: a stakeholder asks what a policy in force would have done, and brings none', async () => {
  const backtest = (body: object) =>
    stack.tocsin.call('POST', '/api/v1/policies/checkout/backtest', body, { as: 'dana' });
  const { spec } = (await stack.tocsin.call('GET', '/api/v1/config/EscalationPolicy/checkout')).json as {
    spec: object;
  };
  const refused = await backtest({ policy: spec });
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('config.read');
  expect((await backtest({})).status).toBe(200);
});

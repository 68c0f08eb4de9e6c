/** "Mail me a sign-in link" is limited per client, and a client with many addresses blocks no other client. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MailSignIn } from '../../services/access/mail-sign-in.js';
import { CONFIG, LOGGER } from '../../services/common/tokens.js';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';
import type { Config } from '../../config/environment.js';
import type { Logger } from '../../shared/logger.js';
import type { DataSource } from 'typeorm';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { ContactMessages } from '../../db/people/contact-messages.js';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi(
    { TOCSIN_TRUSTED_PROXIES: '127.0.0.1', SMTP_URL: 'smtp://127.0.0.1:9' },
    { perMinute: { identity: 6_000, link: 600, client: 1_000, misses: 100 } },
  );
});
afterAll(() => api.stop());

const ask = async (client: string): Promise<number> => {
  const answer = await api.call('POST', '/sign-in', 'email=nobody%40example.com', {
    token: null,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-forwarded-for': client,
      'sec-fetch-site': 'same-origin',
    },
  });
  return answer.status;
};

describe('"mail me a sign-in link"', () => {
  it('counts one customer of IPv6 once, whichever of their addresses they use', async () => {
    const statuses = [];
    for (let n = 0; n < 12; n += 1) statuses.push(await ask(`2001:db8:0:1::${n + 1}`));
    expect(statuses).toEqual([...Array(10).fill(200), 429, 429]);
    expect(await ask('2001:db8:0:2::1')).toBe(200);
  });

  it('is there for everybody else, however many clients asked', () => {
    // The query of the database at the end has no part in this limit.
    const dataSource = { transaction: () => Promise.resolve() };
    const mail = new MailSignIn(
      api.app.get<Config>(CONFIG),
      dataSource as unknown as DataSource,
      api.app.get(ConfigSnapshots),
      api.app.get(ContactMessages),
      api.app.get<Logger>(LOGGER),
    );
    for (let n = 0; n < 20_000; n += 1) mail.ask('nobody', `client ${n}`);
    expect(() => mail.ask('nobody', 'a newcomer')).not.toThrow();
    for (let n = 0; n < 9; n += 1) mail.ask('nobody', 'a newcomer');
    expect(() => mail.ask('nobody', 'a newcomer')).toThrow('wait');
    expect(() => mail.ask('nobody', 'client 19999')).not.toThrow();
  });
});

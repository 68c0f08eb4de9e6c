import { describe, expect, it } from '@jest/globals';
import { CHANNELS, UPDATING_CHANNELS } from '../domain/delivery/channel-traits.js';
import { createChannels, type ChannelDeps } from './channels.js';
import type { EgressPort } from '../ports/egress.js';
import { noAccounts, noSpend, pageMessage } from './shared/testing/messages.js';

const closed: EgressPort = {
  request: () => Promise.resolve({ kind: 'refused', reason: 'not in this test' }),
  resolve: () => Promise.resolve({ kind: 'refused', reason: 'not in this test' }),
};
const deps: ChannelDeps = {
  egress: closed,
  contactEgress: closed,
  smtpUrl: null,
  mailFrom: 'tocsin@localhost',
  mailbox: { put: () => Promise.resolve() },
  spend: noSpend,
  phoneCallbacks: { seen: () => Promise.resolve(null) },
  settings: noAccounts,
  secretKey: Buffer.from('a root key for tests, as long as it must be'),
  publicUrl: 'https://tocsin.example.com',
};

describe('the channels', () => {
  it('are found by the name that contacts use', () => {
    const channels = createChannels(deps);
    const known = [...Object.keys(CHANNELS), 'pagerduty-webhook', 'canary'];
    expect([...channels].every(([name, channel]) => channel.name === name)).toBe(true);
    expect(new Set(channels.keys())).toEqual(new Set(known));
  });

  it('keep up to date in place what the ledger plans it for', () => {
    const accounts = { apiUrl: 'https://api.example.com' };
    const settings = {
      ...noAccounts,
      slack: { botToken: 'xoxb-1', signingSecret: null, appToken: null, ...accounts },
      telegram: { botToken: '1:a', webhookSecret: null, ...accounts },
      pushover: { token: 'app', ...accounts },
    };
    const channels = createChannels({ ...deps, settings });
    const updating = [...channels.values()].filter(
      (channel) => channel.update !== undefined || channel.silence !== undefined,
    );
    expect(updating.map(({ name }) => name).toSorted()).toEqual(UPDATING_CHANNELS.toSorted());
  });

  it.each([
    ['no channel', null, null, false],
    ['the socket', null, 'xapp-1', true],
    ['the signed addresses', 'secret', null, true],
  ])(
    'have buttons in Slack where an answer can come in: %s',
    async (_channel, signingSecret, appToken, has) => {
      const slack = { botToken: 'xoxb-1', signingSecret, appToken, apiUrl: 'https://slack.example.com/api' };
      let posted = '';
      const egress: ChannelDeps['egress'] = {
        ...deps.egress,
        request: ({ body }) => {
          posted = String(body);
          return Promise.resolve({ kind: 'unreachable', reason: 'test' });
        },
      };
      await createChannels({ ...deps, egress, settings: { ...noAccounts, slack } })
        .get('slack')
        ?.send({
          destination: { channel: 'slack', address: 'U1' },
          message: pageMessage(),
          idempotencyKey: 'k1',
          timeoutMs: 1000,
        });
      expect(posted.includes('Escalate')).toBe(has);
    },
  );

  it('fail a mail for good, with the reason, when no relay is configured', async () => {
    const request = {
      destination: { channel: 'email', address: 'ana@example.com' },
      message: pageMessage(),
      idempotencyKey: 'k1',
      timeoutMs: 1000,
    };
    expect(await createChannels(deps).get('email')?.send(request)).toEqual({
      kind: 'failed',
      provider: 'email',
      error: 'no SMTP_URL configured',
      permanent: true,
    });
  });

  it('do not start with a set-up that cannot work', () => {
    expect(() => createChannels({ ...deps, smtpUrl: 'http://mail' })).toThrow(
      'SMTP_URL: it begins with http:',
    );
    expect(() => createChannels({ ...deps, smtpUrl: 'smtp://mail', mailFrom: 'tocsin' })).toThrow(
      'TOCSIN_MAIL_FROM',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from './environment.js';

const enough = {
  DATABASE_URL: 'postgres://tocsin:pw@db/tocsin',
  TOCSIN_SECRET_KEY: 'k'.repeat(32),
};

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the environment', () => {
  it('names what an account lacks, and nothing of its secrets', () => {
    const set = {
      ...enough,
      TWILIO_ACCOUNT_SID: 'AC1',
      TWILIO_FROM: '+4930123456',
      TOCSIN_PHONE_COUNTRIES: 'Germany',
    };
    expect(() => loadConfig(set)).toThrow(/TWILIO_AUTH_TOKEN: is not set; TWILIO_ACCOUNT_SID is set/);
    expect(() => loadConfig(set)).toThrow(/TOCSIN_PHONE_COUNTRIES: "GERMANY" is not a country code/);
  });

  it('refuses to be held by a fault test in production', () => {
    const held = { ...enough, TOCSIN_PAUSE_SOCKET: '/tmp/pause.sock' };
    expect(problemsOf({ ...held, NODE_ENV: 'production' })).toEqual([
      'TOCSIN_PAUSE_SOCKET: is for fault tests, never for production; leave it out',
    ]);
    expect(problemsOf({ ...held, NODE_ENV: 'test' })).toEqual([]);
  });

  it('needs a database and a root key, and has a default for everything else', () => {
    const { channels, ...rest } = loadConfig(enough);
    expect(channels).toMatchObject({
      twilio: null,
      telnyx: null,
      slack: null,
      ntfy: { url: 'https://ntfy.sh' },
    });
    expect(rest).toEqual({
      databaseUrl: 'postgres://tocsin:pw@db/tocsin',
      databaseOwnerUrl: null,
      connections: { inAll: 4_000, ofClient: 256 },
      sessionIdleMs: 7 * 86_400_000,
      sessionLifeMs: 30 * 86_400_000,
      publicUrl: 'http://localhost:3000',
      port: 3000,
      tls: null,
      host: '127.0.0.1',
      hangLimitMs: 30_000,
      metricsPort: null,
      trustedProxies: [],
      workerHealthPort: null,
      pagerHealthPort: null,
      secretKey: Buffer.from('k'.repeat(32)),
      rootKeys: [Buffer.from('k'.repeat(32))],
      linkDays: 7,
      adminToken: null,
      smtpUrl: null,
      mailFrom: 'tocsin@localhost',
      heartbeatUrl: null,
      egressAllow: [],
      egressAllowContacts: [],
      temporalAddress: '127.0.0.1:7233',
      temporalNamespace: 'default',
      practice: false,
      pagerLateMs: 60_000,
      leaseMs: 30_000,
      canaryEveryMs: 60_000,
      logLevel: 'info',
    });
  });

  it('refuses an admin token that no header could carry', () => {
    expect(problemsOf({ ...enough, TOCSIN_ADMIN_TOKEN: 'correct horse battery staple and so on' })).toEqual([
      expect.stringMatching(/^TOCSIN_ADMIN_TOKEN: holds a blank/),
    ]);
  });

  it('names every bad variable at once, with the reason and an example', () => {
    const problems = problemsOf({ PORT: 'http', TOCSIN_LOG_LEVEL: 'loud' });
    expect(problems).toHaveLength(4);
    expect(problems.join('\n')).toMatch(/PORT: "http" is not a port from 1 to 65535; for example 3000/);
    expect(problems.join('\n')).toMatch(/DATABASE_URL: is not set; .*for example postgres:\/\//);
    expect(problems.join('\n')).toMatch(/TOCSIN_SECRET_KEY: is not set/);
  });

  it('counts an empty value as unset', () => {
    expect(loadConfig({ ...enough, SMTP_URL: '', PORT: ' ' })).toMatchObject({ smtpUrl: null, port: 3000 });
  });

  it('follows PORT in the default public URL and drops the slash at the end of a given one', () => {
    expect(loadConfig({ ...enough, PORT: '4000' }).publicUrl).toBe('http://localhost:4000');
    expect(loadConfig({ ...enough, TOCSIN_URL: 'https://tocsin.example.com/' }).publicUrl).toBe(
      'https://tocsin.example.com',
    );
  });

  it('reads a list of networks', () => {
    expect(
      loadConfig({ ...enough, TOCSIN_EGRESS_ALLOW: '10.0.0.0/8, fd00::/8,127.0.0.1' }).egressAllow,
    ).toEqual(['10.0.0.0/8', 'fd00::/8', '127.0.0.1']);
  });

  it.each([
    ['DATABASE_URL', 'mysql://db/tocsin', /has to be postgres:\/\/ or postgresql:\/\//],
    ['DATABASE_URL', 'db:5432 hunter2', /DATABASE_URL/],
    ['TOCSIN_URL', 'tocsin.example.com', /is not a URL/],
    ['TOCSIN_URL', 'https://example.com/tocsin', /must not hold a path/],
    ['TOCSIN_URL', 'https://a:b@example.com', /user or a password/],
    ['PORT', '0', /1 to 65535/],
    ['PORT', '65536', /1 to 65535/],
    ['TOCSIN_HOST', 'everywhere', /not an address to listen on/],
    ['TOCSIN_WORKER_PORT', '-1', /1 to 65535/],
    ['TOCSIN_PAGER_PORT', '3.5', /1 to 65535/],
    ['TOCSIN_SECRET_KEY', 'short', /has 5 characters, at least 32/],
    ['TOCSIN_ADMIN_TOKEN', 'x'.repeat(31), /has 31 characters, at least 32/],
    ['SMTP_URL', 'http://mail', /smtp:\/\/ or smtps:\/\//],
    ['TOCSIN_MAIL_FROM', 'tocsin', /not a mail address/],
    ['TOCSIN_MAIL_FROM', 'a@b\r\nBcc: x@y', /not a mail address/],
    ['TOCSIN_HEARTBEAT_URL', 'ping', /is not a URL/],
    ['TOCSIN_EGRESS_ALLOW', '10.0.0.0/33', /not a CIDR/],
    ['TOCSIN_EGRESS_ALLOW', '10.0.0.0/8,', /not a CIDR/],
    ['TOCSIN_EGRESS_ALLOW', 'internal', /not a CIDR/],
    ['TOCSIN_EGRESS_ALLOW_CONTACTS', 'internal', /not a CIDR/],
    ['TEMPORAL_ADDRESS', 'temporal', /is not host:port/],
    ['TEMPORAL_ADDRESS', 'temporal:99999', /1 to 65535/],
    ['TOCSIN_PRACTICE', 'yes', /neither 1 nor 0/],
    ['TOCSIN_PAGER_LATE', 'soon', /"soon"/],
    ['TOCSIN_LEASE', '1s', /from 2s to 600s/],
    ['TOCSIN_LOG_LEVEL', 'INFO', /not one of trace/],
  ])('refuses %s=%s', (name, value, reason) => {
    const problems = problemsOf({ ...enough, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(reason);
    expect(problems[0]).toMatch(new RegExp(`^${name}: .*; for example \\S`));
  });

  it('refuses a secret that Telegram would not take', () => {
    const telegram = { ...enough, TELEGRAM_BOT_TOKEN: '1:a', TELEGRAM_WEBHOOK_SECRET: 'hunter2!' };
    expect(problemsOf(telegram)).toEqual([
      expect.stringMatching(
        /^TELEGRAM_WEBHOOK_SECRET: holds something else than A-Z, a-z, 0-9, _ and -; for example/,
      ),
    ]);
    expect(problemsOf(telegram).join()).not.toContain('hunter2');
  });

  it('takes no other token for the one that opens Slack’s socket, and none without the bot', () => {
    const mixedUp = { ...enough, SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xoxb-hunter2' };
    expect(problemsOf(mixedUp)).toEqual([
      'SLACK_APP_TOKEN: is not an app-level token, which begins with xapp-; for example xapp-1-…',
    ]);
    expect(problemsOf({ ...enough, SLACK_APP_TOKEN: 'xapp-1' })).toEqual([
      expect.stringMatching(/^SLACK_BOT_TOKEN: is not set; SLACK_APP_TOKEN is set/),
    ]);
    const { slack } = loadConfig({
      ...enough,
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_APP_TOKEN: 'xapp-1',
    }).channels;
    expect(slack).toMatchObject({ botToken: 'xoxb-1', appToken: 'xapp-1', signingSecret: null });
  });

  it('takes a certificate with its key, and neither alone', () => {
    const tls = { TLS_CERT: '/etc/tls/tls.crt', TLS_KEY: '/etc/tls/tls.key' };
    expect(loadConfig({ ...enough, ...tls }).tls).toEqual({ certFile: tls.TLS_CERT, keyFile: tls.TLS_KEY });
    expect(problemsOf({ ...enough, TLS_CERT: tls.TLS_CERT })).toEqual([
      'TLS_KEY: is not set, but TLS_CERT is; for example /etc/tocsin/tls.pem',
    ]);
  });

  it('never repeats the value of a secret', () => {
    const problems = problemsOf({
      DATABASE_URL: 'hunter2',
      TOCSIN_SECRET_KEY: 'hunter2',
      TOCSIN_ADMIN_TOKEN: 'hunter2',
      SMTP_URL: 'hunter2',
    });
    expect(problems).toHaveLength(4);
    expect(problems.join()).not.toContain('hunter2');
  });
});

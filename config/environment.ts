/**
 * The environment, parsed once into a typed object. A bad value stops the start: the error lists every bad variable
 * with the problem and a valid example, and never contains a secret's value.
 */
import type { RootKeys } from '../shared/keys.js';
import { type ChannelSettings, readChannelSettings } from './channel-settings.js';
import {
  type LogLevel,
  parseAddress,
  parseCidrs,
  parseConnections,
  parseDays,
  parseHangLimit,
  parseHost,
  parseLease,
  parseLogLevel,
  parseMailAddress,
  parsePort,
  parsePublicUrl,
  parseSeconds,
  parseSecret,
  parseSpan,
  parseSwitch,
  parseToken,
  parseUrl,
} from './parse-value.js';

export type Config = {
  /** `DATABASE_URL`, PostgreSQL 14 or newer. */
  databaseUrl: string;
  /**
   * `DATABASE_OWNER_URL`: the role that owns the tables, used by `dist/api/migrate.js` alone; null when
   * `DATABASE_URL` has that role.
   */
  databaseOwnerUrl: string | null;
  /** `TOCSIN_URL`: public URL of the api for people and senders, without a trailing slash. */
  publicUrl: string;
  /** `PORT` and `TOCSIN_HOST`: listening address of the api. */
  port: number;
  host: string;
  /**
   * `TOCSIN_TRUSTED_PROXIES`: proxies whose forwarded client address is trusted, as CIDRs or addresses; none by
   * default.
   */
  trustedProxies: string[];
  /** `TOCSIN_CONNECTIONS` and `TOCSIN_CONNECTIONS_PER_CLIENT`: limits of open connections to the api. */
  connections: { inAll: number; ofClient: number };
  /** `TLS_CERT` and `TLS_KEY`: PEM files; with them the api serves https itself. */
  tls: { certFile: string; keyFile: string } | null;
  /**
   * `TOCSIN_METRICS_PORT`: the api's metrics without a credential. `TOCSIN_WORKER_PORT`, `TOCSIN_PAGER_PORT`: health
   * and metrics of the other processes. Each on a port of its own; null turns it off.
   */
  metricsPort: number | null;
  workerHealthPort: number | null;
  pagerHealthPort: number | null;
  /** `TOCSIN_SECRET_KEY`: the root key, the bytes of its text; every other key is derived from it (`keys.ts`). */
  secretKey: Buffer;
  /** The root key, followed by those of `TOCSIN_SECRET_KEY_PREVIOUS`, which still open what they sealed. */
  rootKeys: RootKeys;
  /** `TOCSIN_LINK_DAYS`: days for which the links of an incident stay valid after it closed. */
  linkDays: number;
  /** `TOCSIN_ADMIN_TOKEN`: an admin key for automation, or null. */
  adminToken: string | null;
  smtpUrl: string | null;
  mailFrom: string;
  heartbeatUrl: string | null;
  /** Accounts at SMS, chat and push providers. */
  channels: ChannelSettings;
  /** `TOCSIN_EGRESS_ALLOW`: private networks that checks, runbooks, watches and providers may reach, as CIDRs or addresses. */
  egressAllow: string[];
  /** `TOCSIN_EGRESS_ALLOW_CONTACTS`: private networks that addresses of contacts and subscriptions may reach. */
  egressAllowContacts: string[];
  /** Shown in messages; the Temporal SDK's envconfig makes the connection and also reads TLS, keys and profiles. */
  temporalAddress: string;
  temporalNamespace: string;
  /** `TOCSIN_PRACTICE=1`: the supervisor seeded the practice organisation in this database. */
  practice: boolean;
  /** `TOCSIN_PAGER_LATE`: lateness at which the break-glass pager takes over due work, in ms. */
  pagerLateMs: number;
  /**
   * `TOCSIN_HANG_LIMIT`: a process whose event loop is blocked for this long is killed, in ms; null (`off`) for
   * never.
   */
  hangLimitMs: number | null;
  /**
   * `TOCSIN_LEASE`: length of a sender's lease, after which other senders treat the attempt as ambiguous, in ms; 2 s
   * to 10 minutes.
   */
  leaseMs: number;
  /** `TOCSIN_CANARY`: interval of the canary's pages, in ms; null (`off`) for never. */
  canaryEveryMs: number | null;
  /** `TOCSIN_SESSION_IDLE`, `TOCSIN_SESSION_LIFE`: idle and absolute timeout of a sign-in, in ms. */
  sessionIdleMs: number;
  sessionLifeMs: number;
  logLevel: LogLevel;
};

/** One sentence per bad variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

const DAY_MS = 86_400_000;
const secretExample = 'the output of: openssl rand -base64 32';

/** Reads `env` (an empty value counts as unset). Throws `ConfigError` with every problem found. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  /**
   * Returns the parsed value, or the fallback and records a problem; a parser throws its reason as an Error's
   * message.
   */
  const read = <T>(name: string, fallback: T, example: string, parse: (text: string) => T): T => {
    const text = env[name]?.trim() ?? '';
    if (text === '') return fallback;
    try {
      return parse(text);
    } catch (error) {
      problems.push(
        `${name}: ${error instanceof Error ? error.message : String(error)}; for example ${example}`,
      );
      return fallback;
    }
  };
  const required = (name: string, why: string, example: string, parse: (text: string) => string): string => {
    if ((env[name]?.trim() ?? '') === '') {
      problems.push(`${name}: is not set; ${why}; for example ${example}`);
    }
    return read(name, '', example, parse);
  };

  const port = read('PORT', 3000, '3000', parsePort);
  const secret = required(
    'TOCSIN_SECRET_KEY',
    'every link and webhook signature is derived from it',
    secretExample,
    (text) => parseSecret(text),
  );
  const config: Config = {
    databaseUrl: required(
      'DATABASE_URL',
      'it is where the record is kept',
      'postgres://tocsin:secret@db:5432/tocsin',
      (text) => parseUrl(text, ['postgres:', 'postgresql:']),
    ),
    databaseOwnerUrl: read<string | null>(
      'DATABASE_OWNER_URL',
      null,
      'postgres://owner:secret@db:5432/tocsin',
      (text) => parseUrl(text, ['postgres:', 'postgresql:']),
    ),
    publicUrl: read('TOCSIN_URL', `http://localhost:${port}`, 'https://tocsin.example.com', parsePublicUrl),
    port,
    host: read('TOCSIN_HOST', '127.0.0.1', '0.0.0.0', parseHost),
    trustedProxies: read<string[]>('TOCSIN_TRUSTED_PROXIES', [], '172.18.0.0/16,10.0.0.5', parseCidrs),
    connections: {
      inAll: read('TOCSIN_CONNECTIONS', 4_000, '4000', parseConnections),
      ofClient: read('TOCSIN_CONNECTIONS_PER_CLIENT', 256, '256', parseConnections),
    },
    tls: readTls(env, problems),
    metricsPort: read<number | null>('TOCSIN_METRICS_PORT', null, '3003', parsePort),
    workerHealthPort: read<number | null>('TOCSIN_WORKER_PORT', null, '3001', parsePort),
    pagerHealthPort: read<number | null>('TOCSIN_PAGER_PORT', null, '3002', parsePort),
    secretKey: Buffer.from(secret),
    rootKeys: [
      Buffer.from(secret),
      ...read<Buffer[]>('TOCSIN_SECRET_KEY_PREVIOUS', [], secretExample, (text) =>
        text.split(/\s+/).map((key) => Buffer.from(parseSecret(key))),
      ),
    ],
    linkDays: read('TOCSIN_LINK_DAYS', 7, '7', parseDays),
    adminToken: read<string | null>('TOCSIN_ADMIN_TOKEN', null, secretExample, parseToken),
    smtpUrl: read<string | null>('SMTP_URL', null, 'smtps://user:password@mail.example.com:465', (text) =>
      parseUrl(text, ['smtp:', 'smtps:']),
    ),
    mailFrom: read('TOCSIN_MAIL_FROM', 'tocsin@localhost', 'Tocsin <tocsin@example.com>', parseMailAddress),
    heartbeatUrl: read<string | null>(
      'TOCSIN_HEARTBEAT_URL',
      null,
      'https://hc.example.com/ping/abc',
      (text) => parseUrl(text, ['http:', 'https:']),
    ),
    channels: readChannelSettings(read, required),
    egressAllow: read<string[]>('TOCSIN_EGRESS_ALLOW', [], '10.20.0.0/16,fd00::/8', parseCidrs),
    egressAllowContacts: read<string[]>('TOCSIN_EGRESS_ALLOW_CONTACTS', [], '10.30.7.0/24', parseCidrs),
    temporalAddress: read('TEMPORAL_ADDRESS', '127.0.0.1:7233', 'temporal:7233', parseAddress),
    temporalNamespace: read('TEMPORAL_NAMESPACE', 'default', 'default', (text) => text),
    practice: read('TOCSIN_PRACTICE', false, '1', parseSwitch),
    pagerLateMs: read('TOCSIN_PAGER_LATE', 60_000, '60s', parseSeconds),
    hangLimitMs: read<number | null>('TOCSIN_HANG_LIMIT', 30_000, '30s', (text) =>
      text === 'off' ? null : parseHangLimit(text),
    ),
    leaseMs: read('TOCSIN_LEASE', 30_000, '30s', parseLease),
    canaryEveryMs: read<number | null>('TOCSIN_CANARY', 60_000, '60s', (text) =>
      text === 'off' ? null : parseSeconds(text),
    ),
    sessionIdleMs: read('TOCSIN_SESSION_IDLE', 7 * DAY_MS, '7d', parseSpan),
    sessionLifeMs: read('TOCSIN_SESSION_LIFE', 30 * DAY_MS, '30d', parseSpan),
    logLevel: read<LogLevel>('TOCSIN_LOG_LEVEL', 'info', 'info', parseLogLevel),
  };
  if (config.sessionIdleMs > config.sessionLifeMs)
    problems.push(
      'TOCSIN_SESSION_IDLE: is longer than TOCSIN_SESSION_LIFE, so it would never end anything; for example 7d and 30d',
    );
  if ((env['TOCSIN_PAUSE_SOCKET'] ?? '') !== '' && env['NODE_ENV'] === 'production')
    problems.push('TOCSIN_PAUSE_SOCKET: is for fault tests, never for production; leave it out');
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function readTls(env: NodeJS.ProcessEnv, problems: string[]): Config['tls'] {
  const certFile = env['TLS_CERT']?.trim() ?? '';
  const keyFile = env['TLS_KEY']?.trim() ?? '';
  if (certFile === '' && keyFile === '') return null;
  if (certFile === '' || keyFile === '') {
    const [set, missing] = certFile === '' ? ['TLS_KEY', 'TLS_CERT'] : ['TLS_CERT', 'TLS_KEY'];
    problems.push(`${missing}: is not set, but ${set} is; for example /etc/tocsin/tls.pem`);
  }
  return { certFile, keyFile };
}

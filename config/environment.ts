/**
 * The environment, parsed once into a typed object. A bad value stops the start: the error lists every bad variable
 * with the problem and a valid example, and never contains a secret's value.
 */
import { isIP } from 'node:net';
import type { RootKeys } from '../shared/keys.js';
import { type ChannelSettings, readChannelSettings } from './channel-settings.js';

type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

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
  /** `TOCSIN_EGRESS_ALLOW`: private networks that outbound calls may reach, as CIDRs or bare addresses. */
  egressAllow: string[];
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
const logLevels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
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

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new Error(`"${text}" is not a port from 1 to 65535`);
  return port;
}

function parseSecret(text: string): string {
  if (text.length < 32) throw new Error(`has ${text.length} characters, at least 32 are needed`);
  return text;
}

/** Sent as `Authorization: Bearer <token>`, which a blank would cut off. */
function parseToken(text: string): string {
  if (/\s/.test(text)) throw new Error('holds a blank, which no bearer token may');
  return parseSecret(text);
}

/** URLs may carry a password, so the text is never repeated in the reason. */
function parseUrl(text: string, protocols: readonly string[]): string {
  const wanted = protocols.map((protocol) => `${protocol}//`).join(' or ');
  if (!URL.canParse(text)) throw new Error(`is not a URL that begins with ${wanted}`);
  const url = new URL(text);
  if (!protocols.includes(url.protocol))
    throw new Error(`begins with ${url.protocol}//, it has to be ${wanted}`);
  return text;
}

function parsePublicUrl(text: string): string {
  const url = new URL(parseUrl(text, ['http:', 'https:']));
  if (url.username !== '' || url.password !== '') throw new Error('must not hold a user or a password');
  if (url.search !== '' || url.hash !== '') throw new Error('must not hold a query or a fragment');
  if (url.pathname !== '/')
    throw new Error('must not hold a path: pages and the api live at the root of their host');
  return url.origin;
}

function parseHost(text: string): string {
  if (isIP(text) === 0 && text !== 'localhost') throw new Error(`"${text}" is not an address to listen on`);
  return text;
}

function parseMailAddress(text: string): string {
  if (!/^[^@\r\n]+@[^@\s]+$/.test(text)) throw new Error(`${JSON.stringify(text)} is not a mail address`);
  return text;
}

function parseCidrs(text: string): string[] {
  const cidrs = text.split(',').map((part) => part.trim());
  for (const cidr of cidrs) {
    const [address = '', bits, ...rest] = cidr.split('/');
    const family = isIP(address);
    const isSized =
      bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
    if (family === 0 || !isSized || rest.length > 0) throw new Error(`"${cidr}" is not a CIDR`);
  }
  return cidrs;
}

function parseAddress(text: string): string {
  const match = /^(?<host>\[[0-9a-fA-F:]+\]|[^\s:/]+):(?<port>\d{1,5})$/.exec(text);
  if (match === null) throw new Error(`"${text}" is not host:port`);
  parsePort(match.groups?.['port'] ?? '');
  return text;
}

function parseConnections(text: string): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) === 0)
    throw new Error(`"${text}" is not a number of connections from 1 to 999999`);
  return Number(text);
}

function parseDays(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > 365)
    throw new Error(`"${text}" is not a number of days up to 365`);
  return Number(text);
}

function parseSeconds(text: string): number {
  const seconds = /^(\d{1,4})s$/.exec(text)?.[1];
  if (seconds === undefined) throw new Error(`"${text}" is not a number of seconds such as 60s`);
  return Number(seconds) * 1000;
}

/** From 5 minutes to a year: `30m`, `12h`, `7d`. */
function parseSpan(text: string): number {
  const [, many = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const ms = Number(many) * (unit === 'd' ? DAY_MS : unit === 'h' ? 3_600_000 : 60_000);
  if (!(ms >= 300_000 && ms <= 365 * DAY_MS)) throw new Error(`"${text}" is not a time from 5m to 365d`);
  return ms;
}

function parseLease(text: string): number {
  const ms = parseSeconds(text);
  if (ms < 2_000 || ms > 600_000) throw new Error(`"${text}" is not a time from 2s to 600s`);
  return ms;
}

/** A lower limit would kill processes that are only slow on a busy machine. */
function parseHangLimit(text: string): number {
  const ms = parseSeconds(text);
  if (ms < 2_000) throw new Error(`"${text}" is shorter than 2s`);
  return ms;
}

function parseSwitch(text: string): boolean {
  if (text === '1' || text === 'true') return true;
  if (text === '0' || text === 'false') return false;
  throw new Error(`"${text}" is neither 1 nor 0`);
}

function parseLogLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level === undefined) throw new Error(`"${text}" is not one of ${logLevels.join(', ')}`);
  return level;
}

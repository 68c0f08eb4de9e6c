/** Values of the environment. Each parser throws what is wrong with the text; the caller adds the variable and an example. */
import { isIP } from 'node:net';

const DAY_MS = 86_400_000;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
const logLevels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new Error(`"${text}" is not a port from 1 to 65535`);
  return port;
}

export function parseSecret(text: string): string {
  if (text.length < 32) throw new Error(`has ${text.length} characters, at least 32 are needed`);
  return text;
}

/** Sent as `Authorization: Bearer <token>`, which a blank would cut off. */
export function parseToken(text: string): string {
  if (/\s/.test(text)) throw new Error('holds a blank, which no bearer token may');
  return parseSecret(text);
}

/** URLs may carry a password, so the text is never repeated in the reason. */
export function parseUrl(text: string, protocols: readonly string[]): string {
  const wanted = protocols.map((protocol) => `${protocol}//`).join(' or ');
  if (!URL.canParse(text)) throw new Error(`is not a URL that begins with ${wanted}`);
  const url = new URL(text);
  if (!protocols.includes(url.protocol))
    throw new Error(`begins with ${url.protocol}//, it has to be ${wanted}`);
  return text;
}

export function parsePublicUrl(text: string): string {
  const url = new URL(parseUrl(text, ['http:', 'https:']));
  if (url.username !== '' || url.password !== '') throw new Error('must not hold a user or a password');
  if (url.search !== '' || url.hash !== '') throw new Error('must not hold a query or a fragment');
  if (url.pathname !== '/')
    throw new Error('must not hold a path: pages and the api live at the root of their host');
  return url.origin;
}

export function parseHost(text: string): string {
  if (isIP(text) === 0 && text !== 'localhost') throw new Error(`"${text}" is not an address to listen on`);
  return text;
}

export function parseMailAddress(text: string): string {
  if (!/^[^@\r\n]+@[^@\s]+$/.test(text)) throw new Error(`${JSON.stringify(text)} is not a mail address`);
  return text;
}

export function parseCidrs(text: string): string[] {
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

export function parseAddress(text: string): string {
  const match = /^(?<host>\[[0-9a-fA-F:]+\]|[^\s:/]+):(?<port>\d{1,5})$/.exec(text);
  if (match === null) throw new Error(`"${text}" is not host:port`);
  parsePort(match.groups?.['port'] ?? '');
  return text;
}

export function parseConnections(text: string): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) === 0)
    throw new Error(`"${text}" is not a number of connections from 1 to 999999`);
  return Number(text);
}

export function parseDays(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > 365)
    throw new Error(`"${text}" is not a number of days up to 365`);
  return Number(text);
}

export function parseSeconds(text: string): number {
  const seconds = /^(\d{1,4})s$/.exec(text)?.[1];
  if (seconds === undefined) throw new Error(`"${text}" is not a number of seconds such as 60s`);
  return Number(seconds) * 1000;
}

/** From 5 minutes to a year: `30m`, `12h`, `7d`. */
export function parseSpan(text: string): number {
  const [, many = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const ms = Number(many) * (unit === 'd' ? DAY_MS : unit === 'h' ? 3_600_000 : 60_000);
  if (!(ms >= 300_000 && ms <= 365 * DAY_MS)) throw new Error(`"${text}" is not a time from 5m to 365d`);
  return ms;
}

export function parseLease(text: string): number {
  const ms = parseSeconds(text);
  if (ms < 2_000 || ms > 600_000) throw new Error(`"${text}" is not a time from 2s to 600s`);
  return ms;
}

/** A lower limit would kill processes that are only slow on a busy machine. */
export function parseHangLimit(text: string): number {
  const ms = parseSeconds(text);
  if (ms < 2_000) throw new Error(`"${text}" is shorter than 2s`);
  return ms;
}

export function parseSwitch(text: string): boolean {
  if (text === '1' || text === 'true') return true;
  if (text === '0' || text === 'false') return false;
  throw new Error(`"${text}" is neither 1 nor 0`);
}

export function parseLogLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level === undefined) throw new Error(`"${text}" is not one of ${logLevels.join(', ')}`);
  return level;
}

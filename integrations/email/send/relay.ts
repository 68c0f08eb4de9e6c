/** `SMTP_URL`: the operator's relay. Pure. */
import { isIP } from 'node:net';

export interface Relay {
  host: string;
  port: number;
  /** TLS from the first byte (`smtps:`). */
  secure: boolean;
  /** Require STARTTLS. Default when there is a password and the relay is on another machine. */
  requireTls: boolean;
  /** Accept an untrusted certificate: `?insecure=true`, for a relay in the same network. */
  insecure: boolean;
  /** Name sent with EHLO; the host's own when null. */
  name: string | null;
  auth: { user: string; pass: string } | null;
}

/** `smtp[s]://[user:password@]host[:port][?requireTLS=…&insecure=…&name=…]`. Throws, without quoting the password. */
export function parseRelay(text: string): Relay {
  const fail = (what: string): never => {
    throw new Error(`SMTP_URL: ${what}; write it like smtps://user:password@mail.example.com:465`);
  };
  if (!URL.canParse(text)) return fail('this is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')
    return fail(`it begins with ${url.protocol} instead of smtp: or smtps:`);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === '') return fail('the host is missing');
  for (const key of url.searchParams.keys()) {
    if (!['requireTLS', 'insecure', 'name'].includes(key))
      return fail(`${key} is not one of requireTLS, insecure, name`);
  }
  const secure = url.protocol === 'smtps:';
  const auth =
    url.username === '' ? null : { user: decode(url.username, fail), pass: decode(url.password, fail) };
  const requireTls = url.searchParams.get('requireTLS');
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTls: requireTls === null ? !secure && auth !== null && !isLoopback(host) : requireTls === 'true',
    insecure: url.searchParams.get('insecure') === 'true',
    name: url.searchParams.get('name'),
    auth,
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function decode(text: string, fail: (what: string) => never): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return fail('user or password has a % that is not an escape (write %25)');
  }
}

/** The single URL parser for outbound requests: WHATWG, then the checks that need no network. */

/** Longer URLs are refused: no request needs them, and most servers would refuse them. */
const MAX_URL_LENGTH = 8192;

export type ParsedTarget = { kind: 'url'; url: URL; host: string } | { kind: 'refused'; reason: string };

/** A URL that may be requested if its address is allowed; `host` is without brackets and trailing dot. */
export function parseTarget(text: string): ParsedTarget {
  if (text.length > MAX_URL_LENGTH) return refused(`the URL is longer than ${MAX_URL_LENGTH} characters`);
  if (!URL.canParse(text)) return refused('this is not a URL; write it like https://example.com/path');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return refused(`${url.protocol} is not allowed, only http: and https:`);
  }
  if (url.username !== '' || url.password !== '') {
    return refused('a user name or password in the URL is not allowed; send a header instead');
  }
  const host = bareHost(url.hostname);
  return host === '' ? refused('the URL has no host') : { kind: 'url', url, host };
}

/**
 * Converts a written host (`db.internal`, `::1`, `0x7f.1`) to the WHATWG parser's form, or null when it is not a host alone. So
 * `0x7f.1` is checked as 127.0.0.1, whatever the system resolver makes of it.
 */
export function parseHost(text: string): string | null {
  const candidate = `http://${text.includes(':') && !text.startsWith('[') ? `[${text}]` : text}/`;
  if (/[\s/\\?#@]/.test(text) || !URL.canParse(candidate)) return null;
  const url = new URL(candidate);
  return url.port === '' && url.hostname !== '' ? bareHost(url.hostname) : null;
}

function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

function refused(reason: string): ParsedTarget {
  return { kind: 'refused', reason };
}

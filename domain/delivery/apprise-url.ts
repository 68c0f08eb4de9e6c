/**
 * Restricts the Apprise URLs that may be passed on. The Apprise API opens them from inside the network, outside Tocsin's egress
 * rules, so only named services are allowed and never a scheme that calls an arbitrary address or file (`json`, `xml`, `form`,
 * `file`, `syslog` …).
 */

/** Services with fixed servers; the URL's host part is a token. */
const TOKEN_SCHEMES = [
  'discord', 'googlechat', 'msteams', 'opsgenie', 'pagerduty', 'pbul', 'pover', 'prowl', 'pushy', 'simplepush', 'slack', 'tgram',
  'twist', 'webexteams', 'workflows', 'zulip',
] as const; // prettier-ignore

/** Services on a server that the URL names. */
const HOST_SCHEMES = [
  'gotify', 'gotifys', 'matrix', 'matrixs', 'mmost', 'mmosts', 'ntfy', 'ntfys', 'rocket', 'rockets', 'signal', 'signals',
] as const; // prettier-ignore

const SCHEMES: readonly string[] = [...TOKEN_SCHEMES, ...HOST_SCHEMES];

/** `host`: null where the scheme fixes the server. */
export type AppriseUrl = { kind: 'service'; host: string | null } | { kind: 'refused'; reason: string };

export function readAppriseUrl(url: string): AppriseUrl {
  const found = /^([a-z0-9]+):\/\/([^/?#\\]*)/i.exec(url);
  const scheme = found?.[1]?.toLowerCase() ?? '';
  if (!SCHEMES.includes(scheme))
    return {
      kind: 'refused',
      reason: `${scheme === '' ? 'this' : `${scheme}://`} is not one of the services allowed for Apprise: ${SCHEMES.join(', ')}`,
    };
  // Several URLs in one text would be several services, only one of which is checked.
  if (/[\s,]|:\/\/.*:\/\//.test(url))
    return { kind: 'refused', reason: 'one URL at a time, without blanks and commas' };
  if (!(HOST_SCHEMES as readonly string[]).includes(scheme)) return { kind: 'service', host: null };
  const authority = found?.[2] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  // ntfy://topic is a topic at ntfy.sh; a URL that names a server has a topic after it.
  if (scheme.startsWith('ntfy') && !/^[a-z0-9]+:\/\/[^/?#]*\/[^?#]/i.test(url))
    return { kind: 'service', host: null };
  return host === '' ? { kind: 'refused', reason: 'it names no server' } : { kind: 'service', host };
}

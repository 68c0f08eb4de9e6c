/**
 * Which Apprise URLs may be handed on. The Apprise API opens them from inside, where Tocsin's egress rules do not reach: so it is
 * given services only, never a scheme that calls any address or file (`json`, `xml`, `form`, `file`, `syslog` …).
 */

/** Of the service's own servers; what stands in the host's place is a token. */
const TOKEN_SCHEMES = [
  'discord', 'googlechat', 'msteams', 'opsgenie', 'pagerduty', 'pbul', 'pover', 'prowl', 'pushy', 'simplepush', 'slack', 'tgram',
  'twist', 'webexteams', 'workflows', 'zulip',
] as const; // prettier-ignore

/** Of a server that the URL names. */
const HOST_SCHEMES = [
  'gotify', 'gotifys', 'matrix', 'matrixs', 'mmost', 'mmosts', 'ntfy', 'ntfys', 'rocket', 'rockets', 'signal', 'signals',
] as const; // prettier-ignore

const SCHEMES: readonly string[] = [...TOKEN_SCHEMES, ...HOST_SCHEMES];

/** `host`: null where the scheme leaves no choice of it. */
export type AppriseUrl = { kind: 'service'; host: string | null } | { kind: 'refused'; reason: string };

export function readAppriseUrl(url: string): AppriseUrl {
  const found = /^([a-z0-9]+):\/\/([^/?#\\]*)/i.exec(url);
  const scheme = found?.[1]?.toLowerCase() ?? '';
  if (!SCHEMES.includes(scheme))
    return {
      kind: 'refused',
      reason: `${scheme === '' ? 'this' : `${scheme}://`} is none of the services that Apprise may be asked for: ${SCHEMES.join(', ')}`,
    };
  // Several URLs in one text would be several services, of which one was looked at.
  if (/[\s,]|:\/\/.*:\/\//.test(url))
    return { kind: 'refused', reason: 'one URL at a time, without blanks and commas' };
  if (!(HOST_SCHEMES as readonly string[]).includes(scheme)) return { kind: 'service', host: null };
  const authority = found?.[2] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  // ntfy://topic is a topic at ntfy.sh; who names a server names a topic behind it.
  if (scheme.startsWith('ntfy') && !/^[a-z0-9]+:\/\/[^/?#]*\/[^?#]/i.test(url))
    return { kind: 'service', host: null };
  return host === '' ? { kind: 'refused', reason: 'it names no server' } : { kind: 'service', host };
}

/**
 * Lists of hosts: those a runbook may contact (`hosts:`) and those a secret may be sent to (`TOCSIN_SECRET_<NAME>_HOSTS`). An
 * entry is a name or an address, with `*.` before a name for every name below it, and `:port` for a port other than the scheme's
 * own. A secret is sent over https, and over http only where its list says `http://`.
 */
interface HostEntry {
  host: string;
  below: boolean;
  port: string | null;
}

const entryPattern =
  /^(?<below>\*\.)?(?<host>[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(?<port>[1-9]\d{0,4}))?$/;

/** Null when the text is not a valid entry. */
export function parseHostEntry(text: string): HostEntry | null {
  const found = entryPattern.exec(text.toLowerCase())?.groups;
  if (found === undefined) return null;
  return {
    host: found['host'] ?? '',
    below: found['below'] !== undefined,
    port: found['port'] ?? null,
  };
}

/**
 * Target of a call. `port`: null for the scheme's own; `portIsWritten`: the runbook contains the port literally, not as a value.
 */
export interface RequestedHost {
  host: string;
  port: string | null;
  portIsWritten?: boolean;
}

export function isListedHost(list: readonly string[], asked: RequestedHost): boolean {
  const host = asked.host.toLowerCase();
  return list.some((text) => {
    const entry = parseHostEntry(text);
    if (entry === null) return false;
    if (entry.below ? !host.endsWith(`.${entry.host}`) : host !== entry.host) return false;
    return entry.port === asked.port || (entry.port === null && asked.portIsWritten === true);
  });
}

const SCHEME = /^https?:\/\//i;

/** True for a valid entry of a secret's list, with or without a scheme. */
export const isSecretHost = (text: string): boolean => parseHostEntry(text.replace(SCHEME, '')) !== null;

/** True when a secret with this list may be sent to `url`. */
export function isSentTo(list: readonly string[], url: Pick<URL, 'protocol' | 'hostname' | 'port'>): boolean {
  return list.some((text) => {
    const scheme = SCHEME.exec(text)?.[0].toLowerCase() ?? 'https://';
    const asked = { host: url.hostname, port: url.port === '' ? null : url.port };
    return scheme === `${url.protocol}//` && isListedHost([text.replace(SCHEME, '')], asked);
  });
}

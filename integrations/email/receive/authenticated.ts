/**
 * Verifies that the mail server in front of us vouches for the sender: the topmost `Authentication-Results` (RFC 8601) with that
 * server's name. The server has to remove forged headers under its name (§5), and adds its own on top. Quoted text and comments
 * in that header are often chosen by the sender.
 */
import { type AuthenticationResult, readAuthenticationResults } from './authentication-results.js';

export type Vouched = { kind: 'vouched' } | { kind: 'not_vouched'; reason: string };

/** `results`: the values of all such headers, topmost first; `from`: the single address of `From`. */
export function isVouchedFor(results: readonly string[], server: string, from: string): Vouched {
  for (const value of results) {
    const read = readAuthenticationResults(value);
    // The server of this header is unknown, so a header below may be older than the one of our server.
    if (read === null)
      return { kind: 'not_vouched', reason: `its Authentication-Results cannot be read: ${shown(value)}` };
    if (read.server !== server.toLowerCase()) continue;
    return areProof(read.results, domainOf(from))
      ? { kind: 'vouched' }
      : { kind: 'not_vouched', reason: `${server} does not vouch for its sender: ${shown(value)}` };
  }
  return {
    kind: 'not_vouched',
    reason: `it carries no result of ${server}, which should have checked its sender`,
  };
}

/** DMARC covers `From` itself and decides alone; without it, a DKIM signature counts when its domain is that of `From`. */
function areProof(results: readonly AuthenticationResult[], domain: string): boolean {
  const dmarc = results.filter(({ method }) => method === 'dmarc');
  if (dmarc.length > 0) return dmarc.every((one) => isPassFor(one, 'header.from', domain));
  return results.some((one) => one.method === 'dkim' && isPassFor(one, 'header.d', domain));
}

function isPassFor({ result, properties }: AuthenticationResult, property: string, domain: string): boolean {
  const about = properties.flatMap(([name, value]) => (name === property ? [domainOf(value)] : []));
  return result === 'pass' && about.length > 0 && about.every((one) => one === domain);
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

const shown = (value: string): string => value.replace(/\s+/g, ' ').trim().slice(0, 120);

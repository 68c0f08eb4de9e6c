/**
 * Whether the mail server in front of us vouches for the sender: the newest `Authentication-Results` (RFC 8601) that carries its name.
 * That server has to take out those which others wrote under its name (§5), and puts its own on top. What it quotes and
 * comments was often chosen by the sender.
 */
import { type AuthenticationResult, readAuthenticationResults } from './authentication-results.js';

export type Vouched = { kind: 'vouched' } | { kind: 'not_vouched'; reason: string };

/** `results`: the values of all such headers, topmost first; `from`: the one address of `From`. */
export function isVouchedFor(results: readonly string[], server: string, from: string): Vouched {
  for (const value of results) {
    const read = readAuthenticationResults(value);
    // Whose it is cannot be told, so whatever stands below may be older than what our server said.
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

/** DMARC speaks of `From` itself, and has the last word; a DKIM signature counts without it, of the very domain in `From`. */
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

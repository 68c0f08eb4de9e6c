/**
 * Client of a request for rate limits. `request.ip` is the nearest address that is not a trusted proxy (`TOCSIN_TRUSTED_PROXIES`,
 * read from the right), so a header that the client wrote is never believed.
 */
import ipaddr from 'ipaddr.js';

/** IPv4: the address. IPv6: its /64, the range that one customer gets. */
export function clientOf(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, 64);
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${(parsed as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}

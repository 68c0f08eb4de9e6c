/**
 * Who a request comes from, as far as limits go. `request.ip` is the nearest address that is no proxy of ours
 * (`TOCSIN_TRUSTED_PROXIES`, walked from the right), so what a client writes into a header itself is never believed.
 */
import ipaddr from 'ipaddr.js';

/** IPv4: the address. IPv6: its /64, which is what one customer is given. */
export function clientOf(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, 64);
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${(parsed as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}

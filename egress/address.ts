/**
 * Decides which addresses the server may connect to. Only globally routable unicast is open by default; everything else (private,
 * loopback, link-local, carrier-grade NAT, multicast, reserved, and the IPv6 forms that embed an IPv4 address) needs an allowed
 * CIDR. Source: the IANA special-purpose address registries, as ipaddr.js knows them, plus the lists below.
 */
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Cidr = [Address, number];

/** CIDRs that the operator opened, parsed. */
export type AllowList = readonly Cidr[];

const rangeNames: Record<string, string> = {
  private: 'a private address',
  uniqueLocal: 'a private address',
  loopback: 'a loopback address',
  linkLocal: 'a link-local address (cloud metadata lives there)',
  carrierGradeNat: 'a carrier-grade NAT address',
  unspecified: 'an unspecified address',
  multicast: 'a multicast address',
  broadcast: 'a broadcast address',
  ipv4Mapped: 'an IPv4 address embedded in IPv6 (v4-mapped)',
  rfc6052: 'an IPv4 address embedded in IPv6 (NAT64)',
  rfc6145: 'an IPv4 address embedded in IPv6 (translated)',
  '6to4': 'an IPv4 address embedded in IPv6 (6to4)',
  teredo: 'an IPv4 address embedded in IPv6 (Teredo)',
};

/** Globally routable according to the registries, but answered by the host's own cloud: Azure's wire server. */
const metadataHosts = ['168.63.129.16'];

/** Current global unicast is 2000::/3 alone (RFC 4291 §2.4, IANA); other addresses are not expected in a URL. */
const globalIpv6: Cidr = ipaddr.parseCIDR('2000::/3');

/** Special blocks inside 2000::/3 that older ipaddr.js tables do not know. */
const specialIpv6: Cidr[] = ['2001:db8::/32', '3fff::/20', '2001::/23', '2002::/16'].map((cidr) =>
  ipaddr.parseCIDR(cidr),
);

/** Parses CIDRs such as `10.20.0.0/16` or `fd00::/8`; a bare address stands for itself. Throws naming the invalid one. */
export function parseAllowList(cidrs: readonly string[], setting: string): AllowList {
  return cidrs.map((cidr) => {
    try {
      if (cidr.includes('/')) return ipaddr.parseCIDR(cidr);
      if (!ipaddr.IPv4.isValidFourPartDecimal(cidr) && !ipaddr.IPv6.isValid(cidr))
        throw new Error('not an address');
      const address = ipaddr.parse(cidr);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    } catch (cause) {
      throw new Error(`${setting}: "${cidr}" is not a CIDR; write it like 10.20.0.0/16 or fd00::/8`, {
        cause,
      });
    }
  });
}

/** Reason why this address is refused, as the end of a sentence ("a private address"), or null when it is allowed. */
export function refuseAddress(text: string, allow: AllowList): string | null {
  if (!ipaddr.isValid(text)) return 'not an IP address';
  const address = ipaddr.parse(text);
  if (allow.some((cidr) => matches(address, cidr))) return null;
  const range = address.range();
  if (range !== 'unicast') return rangeNames[range] ?? `a reserved address (${range})`;
  if (address.kind() === 'ipv4')
    return metadataHosts.includes(address.toString()) ? 'a cloud metadata address' : null;
  const isGlobal = matches(address, globalIpv6) && !specialIpv6.some((cidr) => matches(address, cidr));
  return isGlobal ? null : 'a reserved address';
}

function matches(address: Address, [network, bits]: Cidr): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

/** Looks a name up once and checks every address, so that only checked addresses are connected to. */
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { refuseAddress, type AllowList } from './address.js';

export interface HostAddress {
  address: string;
  family: 4 | 6;
}

/** All addresses of a name, as `dns.lookup(name, {all: true})` returns them. Tests pass their own. */
export type Lookup = (hostname: string) => Promise<{ address: string; family: number }[]>;

export type ResolvedAddresses =
  | { kind: 'allowed'; addresses: HostAddress[] }
  | { kind: 'refused'; reason: string }
  | { kind: 'unknown'; reason: string };

export const lookupBySystem: Lookup = (hostname) => systemLookup(hostname, { all: true });

/**
 * `refused` as soon as one address of several is not allowed: a name that mixes public and private addresses is a rebinding
 * attempt or a mistake. The reason does not name the resolved address, so a refusal does not reveal the network.
 */
export async function resolveAddresses(
  host: string,
  { allow, setting }: { allow: AllowList; setting: string },
  lookup: Lookup,
): Promise<ResolvedAddresses> {
  const isLiteral = isIP(host) !== 0;
  let found: { address: string; family: number }[];
  try {
    found = isLiteral ? [{ address: host, family: isIP(host) }] : await lookup(host);
  } catch (error) {
    return { kind: 'unknown', reason: `${host} does not resolve (${errorCode(error)})` };
  }
  if (found.length === 0) return { kind: 'unknown', reason: `${host} does not resolve (no addresses)` };
  for (const { address } of found) {
    const reason = refuseAddress(address, allow);
    if (reason !== null) {
      const verb = isLiteral ? 'is' : 'resolves to';
      return {
        kind: 'refused',
        reason: `${host} ${verb} ${reason}; allow it with ${setting} if it is intended`,
      };
    }
  }
  return {
    kind: 'allowed',
    addresses: found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })),
  };
}

/** `ENOTFOUND`, `ECONNREFUSED`, … or the message of an error without a code. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  // Several addresses were tried: the first failure represents all.
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0)
    return errorCode(error.errors[0]);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'message' in error ? String(error.message) : 'unknown error';
}

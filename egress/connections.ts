/** Kept-alive connections, one pool per origin *and* set of checked addresses, so no socket outlives its check. */
import type { LookupFunction } from 'node:net';
import { Pool } from 'undici';
import type { HostAddress } from './resolve.js';

const CONNECT_TIMEOUT_MS = 10_000;
const SOCKETS_PER_TARGET = 64;
const TARGETS_KEPT = 256;

export interface Connections {
  /** The pool for this origin, whose sockets connect only to these addresses (tried in turn, RFC 8305). */
  to(origin: string, host: string, addresses: HostAddress[]): Pool;
  close(): Promise<void>;
}

/** `ca`: further trusted certificate authorities (PEM); Node's own stay trusted when it is omitted. */
export function createConnections(ca?: string): Connections {
  const pools = new Map<string, Pool>();

  function open(origin: string, host: string, addresses: HostAddress[]): Pool {
    return new Pool(origin, {
      connections: SOCKETS_PER_TARGET,
      pipelining: 1,
      // The single deadline of a request covers these (see exchange.ts).
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        lookup: pinned(addresses),
        ...(ca === undefined ? {} : { ca }),
        // TLS still requests the name and checks its certificate: pinning changes the address only.
        ...(isName(host, addresses) ? { servername: host } : {}),
      },
    });
  }

  return {
    to(origin, host, addresses) {
      const key = [origin, ...addresses.map(({ address }) => address).toSorted()].join(' ');
      const pool = pools.get(key) ?? open(origin, host, addresses);
      // Re-inserting keeps the map in order of last use.
      pools.delete(key);
      pools.set(key, pool);
      for (const [oldKey, old] of pools) {
        if (pools.size <= TARGETS_KEPT) break;
        pools.delete(oldKey);
        void old.close();
      }
      return pool;
    },
    async close() {
      const open = [...pools.values()];
      pools.clear();
      await Promise.all(open.map((pool) => pool.destroy()));
    },
  };
}

function isName(host: string, addresses: HostAddress[]): boolean {
  return addresses.every(({ address }) => address !== host);
}

/** Replaces DNS on the socket: returns the checked addresses for every name. */
export function pinned(addresses: HostAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const wanted = addresses.filter(({ family }) =>
      options.family !== 4 && options.family !== 6 ? true : family === options.family,
    );
    const first = wanted[0];
    if (options.all === true) callback(null, wanted);
    else if (first === undefined) callback(new Error('no address of the wanted family'), '');
    else callback(null, first.address, first.family);
  };
}

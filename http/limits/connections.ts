/**
 * Limits of open connections, in all and per client, so that one client cannot use up those of the others. A trusted proxy
 * forwards many clients, so only the total limits it. Health checks from this machine are accepted beyond the total.
 */
import { BlockList, isIPv6, type Server, type Socket } from 'node:net';
import type { Logger } from '../../shared/logger.js';
import { clientOf } from './client.js';

export interface ConnectionLimits {
  inAll: number;
  ofClient: number;
  /** CIDRs or addresses. */
  trustedProxies: readonly string[];
}

export type RefusedConnection = 'in_all' | 'of_client';

/** Connections reserved for this machine's health checks, beyond the total. */
const OWN = 32;
const LOGGED_EVERY_MS = 60_000;

export function limitConnections(
  server: Server,
  { inAll, ofClient, trustedProxies }: ConnectionLimits,
  { logger, onRefused }: { logger: Logger; onRefused: (because: RefusedConnection) => void },
): void {
  const proxies = listOf(trustedProxies);
  const byClient = new Map<string, number>();
  let open = 0;
  let logged = -Infinity;
  // Connections beyond this number are closed by Node, without our log line and metric.
  server.maxConnections = inAll + OWN;
  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address, localAddress } = socket;
    // The client has already disconnected.
    if (address === undefined) return;
    const client = clientOf(address);
    const own = byClient.get(client) ?? 0;
    const isProxy = proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
    let refused: RefusedConnection | null = null;
    if (address !== localAddress) {
      if (open >= inAll) refused = 'in_all';
      else if (!isProxy && own >= ofClient) refused = 'of_client';
    }
    if (refused !== null) {
      socket.destroy();
      onRefused(refused);
      if (performance.now() - logged < LOGGED_EVERY_MS) return;
      logged = performance.now();
      const limit = refused === 'in_all' ? 'TOCSIN_CONNECTIONS' : 'TOCSIN_CONNECTIONS_PER_CLIENT';
      logger.warn(
        { client, open, ofClient: own, limit },
        'too many connections are open; new ones are closed',
      );
      return;
    }
    open += 1;
    byClient.set(client, own + 1);
    socket.once('close', () => {
      open -= 1;
      const left = (byClient.get(client) ?? 1) - 1;
      if (left === 0) byClient.delete(client);
      else byClient.set(client, left);
    });
  });
}

function listOf(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', bits] = cidr.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

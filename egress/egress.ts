/**
 * The single client for every outbound URL (docs/security.md S4): parse, look up once, check every address, connect to a checked
 * address only, follow no redirect, stop at a size and a time. Proxy environment variables are ignored, because a proxy would do
 * the look-up itself, out of reach of the check.
 */
import type { Dispatcher } from 'undici';
import type { EgressOutcome, EgressPort, EgressRequest } from '../ports/egress.js';
import { parseAllowList } from './address.js';
import { createConnections } from './connections.js';
import { exchangeOver } from './exchange.js';
import { lookupBySystem, resolveAddresses, type Lookup, type ResolvedAddresses } from './resolve.js';
import { parseHost, parseTarget } from './target.js';

export interface EgressOptions {
  /** CIDRs that may be contacted although they are not public. */
  allow: readonly string[];
  /** The variable that lists them, which a refusal names; default `TOCSIN_EGRESS_ALLOW`. */
  setting?: string;
  /** PEM of the authorities to trust instead of Node's own (`NODE_EXTRA_CA_CERTS` adds to those). */
  ca?: string;
  /** Defaults to the system resolver. */
  lookup?: Lookup;
}

export interface Egress extends EgressPort {
  /** Closes every connection. */
  close(): Promise<void>;
}

const methods: readonly Dispatcher.HttpMethod[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
];

/** Headers that control the connection or its target; set by this client. */
const ownHeaders = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'proxy-authorization',
  'proxy-connection',
]);

/** Throws on an invalid CIDR; the port's own methods never throw. */
export function createEgress(options: EgressOptions): Egress {
  const setting = options.setting ?? 'TOCSIN_EGRESS_ALLOW';
  const allow = parseAllowList(options.allow, setting);
  const lookup = options.lookup ?? lookupBySystem;
  const connections = createConnections(options.ca);

  return {
    async request(request): Promise<EgressOutcome> {
      const startedAt = performance.now();
      const method = methods.find((known) => known === request.method.toUpperCase());
      if (method === undefined)
        return { kind: 'refused', reason: `method ${request.method} is not one of ${methods.join(', ')}` };
      const badHeader = findBadHeader(request.headers ?? {});
      if (badHeader !== null) return { kind: 'refused', reason: badHeader };
      const target = parseTarget(request.url);
      if (target.kind === 'refused') return target;
      const resolved = await inTime(
        resolveAddresses(target.host, { allow, setting }, lookup),
        request.timeoutMs,
        target.host,
      );
      if (resolved.kind === 'refused') return resolved;
      if (resolved.kind === 'unknown') return { kind: 'unreachable', reason: resolved.reason };

      const { origin, pathname, search } = target.url;
      return exchangeOver(connections.to(origin, target.host, resolved.addresses), {
        origin,
        path: pathname + search,
        method,
        headers: withDefaults(request),
        body: request.body ?? null,
        timeoutMs: Math.max(1, request.timeoutMs - (performance.now() - startedAt)),
        startedAt,
        maxBytes: request.maxBytes,
      });
    },

    async resolve(text) {
      const host = parseHost(text);
      if (host === null) return { kind: 'refused', reason: `"${text}" is not a host name or address` };
      const resolved = await resolveAddresses(host, { allow, setting }, lookup);
      if (resolved.kind !== 'allowed') return { kind: 'refused', reason: resolved.reason };
      const first = resolved.addresses[0];
      return first === undefined
        ? { kind: 'refused', reason: `${host} does not resolve` }
        : { kind: 'allowed', ...first };
    },

    close: () => connections.close(),
  };
}

function withDefaults(request: EgressRequest): Record<string, string> {
  const headers = request.headers ?? {};
  const hasAgent = Object.keys(headers).some((name) => name.toLowerCase() === 'user-agent');
  return hasAgent ? headers : { 'user-agent': 'Tocsin', ...headers };
}

function findBadHeader(headers: Record<string, string>): string | null {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return `"${name}" is not a header name`;
    if (ownHeaders.has(name.toLowerCase())) return `header ${name} may not be set`;
    // RFC 9110 §5.5: visible characters, spaces and tabs; a line break would start another header.
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      return `the value of header ${name} has characters that a header cannot carry`;
  }
  return null;
}

/** The system resolver cannot be cancelled; its late result is dropped. */
async function inTime(
  pending: Promise<ResolvedAddresses>,
  timeoutMs: number,
  host: string,
): Promise<ResolvedAddresses> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ResolvedAddresses>((resolve) => {
    timer = setTimeout(
      () => resolve({ kind: 'unknown', reason: `${host} does not resolve (no answer in time)` }),
      timeoutMs,
    );
  });
  const first = await Promise.race([pending, late]);
  clearTimeout(timer);
  return first;
}

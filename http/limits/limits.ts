/**
 * Rate limits per minute for each identity, each link and each other client. Unknown tokens and credentials are counted apart
 * (`misses.ts`); however many there are, a valid link or credential is served, so no unknown sender can use up another's limit.
 */
import { Readable } from 'node:stream';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { tokenHash } from '../../shared/keys.js';
import type { KnownTokens, TokenKind } from '../../db/access/known-tokens.js';
import { notFound, Problem } from '../../services/common/problem.js';
import { clientOf } from './client.js';
import { Misses } from './misses.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** On a route with a token in its path: the bucket of a valid token, `null` for an unknown one. */
    tokenBucket: string | null;
  }
}

export interface PerMinute {
  identity: number;
  /** For one token in a path. */
  link: number;
  /** For a client with neither. */
  client: number;
  /** Unknown tokens and credentials of one client. */
  misses: number;
}

const PER_MINUTE: PerMinute = { identity: 6_000, link: 600, client: 1_200, misses: 120 };

/** Exempt: intake coalesces instead of refusing, provider callbacks prove their sender, and health routes always answer. */
const UNLIMITED = ['Health', 'Ingest', 'Provider callbacks'];

const tooMany = (): Problem =>
  new Problem(429, 'too_many_requests', 'Too many requests; try again in a minute.', {
    headers: { 'retry-after': '60' },
  });

/** The credential of a request, before it is looked up. */
export interface Presented {
  kind: Extract<TokenKind, 'session' | 'key'>;
  token: string;
}

export class Limits {
  private readonly misses: Misses;

  constructor(
    private readonly known: Pick<KnownTokens, 'has'>,
    private readonly perMinute: PerMinute = PER_MINUTE,
  ) {
    this.misses = new Misses(perMinute.misses);
  }

  /** Runs `find`, unless this client is over its limit of unknown credentials and this one is unknown too: then null, or 429. */
  async credential<T>(
    request: FastifyRequest,
    presented: Presented | null,
    find: () => Promise<T | null>,
  ): Promise<T | null> {
    if (presented === null) return find();
    const client = clientOf(request.ip);
    if (this.misses.isOver(client) && !(await this.known.has(presented.kind, presented.token))) {
      if (request.routeOptions.config.permission === 'public') return null;
      throw tooMany();
    }
    const found = await find();
    if (found === null) this.misses.count(client);
    return found;
  }

  /** Must be registered after the authorisation: identities have limits of their own. */
  async register(fastify: FastifyInstance): Promise<void> {
    fastify.decorateRequest('tokenBucket', null);
    fastify.addHook('onRequest', async (request) => {
      const kind = request.routeOptions.config.token;
      if (kind === undefined) return;
      const token = tokenIn(request);
      if (await this.known.has(kind, token)) {
        request.tokenBucket = `${kind}:${tokenHash(token).toString('base64url')}`;
        return;
      }
      const client = clientOf(request.ip);
      if (this.misses.isOver(client)) throw tooMany();
      this.misses.count(client);
      if (request.method !== 'GET' && request.routeOptions.config.page !== true)
        throw notFound('There is no such link.');
    });
    // The body of a request with an unknown token is not read; the route answers that there is no such link.
    fastify.addHook('preParsing', async (request, _reply, payload) => {
      if (request.routeOptions.config.token === undefined || request.tokenBucket !== null) return payload;
      delete request.raw.headers['content-length'];
      return Readable.from([]);
    });
    await fastify.register(rateLimit, {
      max: (request) => {
        const { identity, link, client } = this.perMinute;
        if (request.identity !== null) return identity;
        return request.tokenBucket === null ? client : link;
      },
      timeWindow: '1 minute',
      cache: 20_000,
      keyGenerator: (request) => request.identity?.actor ?? request.tokenBucket ?? clientOf(request.ip),
      allowList: (request) => UNLIMITED.includes(request.routeOptions.config.tag ?? ''),
      errorResponseBuilder: (_request, { after }) =>
        new Problem(429, 'too_many_requests', `Too many requests; try again in ${after}.`),
    });
  }
}

/** The only parameter of such a route; a calendar link ends in `.ics`. */
function tokenIn(request: FastifyRequest): string {
  const [token = ''] = Object.values(request.params as Record<string, string>);
  return token.replace(/\.ics$/, '');
}

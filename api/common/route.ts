/**
 * What a route says about itself: the permission it needs, how its body is read, what it answers. All of it is Fastify's
 * route config, so the authorisation hook, the parser and OpenAPI read one place for Nest's routes and for raw ones.
 */
import 'reflect-metadata';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import type { Permission as PermissionName } from '../../domain/access/permissions.js';
import type { TeamKeys as TeamKeysName } from '../auth/team-wall.js';
import type { TokenKind } from '../../db/known-tokens.js';
import { type Identity } from './identity.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { unauthenticated } from './problem.js';

// The key under which the Fastify adapter looks for a handler's route config.
const ROUTE_CONFIG = '__fastify_route_config__';
const ROUTE_ARGUMENTS = '__routeArguments__';
const BODY = '3';
const QUERY = '4';

function describe(config: FastifyContextConfig): MethodDecorator {
  return (target, key, descriptor) => {
    const handler: unknown = descriptor.value;
    if (typeof handler !== 'function') throw new TypeError(`${String(key)} is not a method`);
    const before: unknown = Reflect.getMetadata(ROUTE_CONFIG, handler);
    Reflect.defineMetadata(
      ROUTE_CONFIG,
      { ...schemasOf(target.constructor, key), ...(before as object | undefined), ...config },
      handler,
    );
  };
}

/** The schemas that `@Body({ schema })` and `@Query({ schema })` named; parameter decorators have run already. */
function schemasOf(controller: object, key: string | symbol): FastifyContextConfig {
  const args: unknown = Reflect.getMetadata(ROUTE_ARGUMENTS, controller, key);
  const found: FastifyContextConfig = {};
  for (const [name, argument] of Object.entries(
    (args ?? {}) as Record<string, { schema?: unknown; factory?: unknown }>,
  )) {
    if (argument.factory === idempotencyKeyOf) found.idempotent = true;
    if (argument.schema === undefined) continue;
    if (name.startsWith(`${BODY}:`)) found.bodySchema = argument.schema;
    if (name.startsWith(`${QUERY}:`)) found.querySchema = argument.schema;
  }
  return found;
}

/** `public`: nobody is asked who they are. `session`: any signed-in person or key, whatever the role. */
export const Permission = (permission: PermissionName | 'public' | 'session'): MethodDecorator =>
  describe({ permission });

/** The route takes keys that are for one team, and this is how that team is found. */
export const TeamKeys = (teamKeys: TeamKeysName): MethodDecorator => describe({ teamKeys });

/** For OpenAPI: one sentence, a zod schema of the answer, its status, the group it is listed in. */
export const Documented = (about: {
  summary: string;
  tag: string;
  reply?: unknown;
  status?: number;
}): MethodDecorator => describe(about);

/** The body comes as the bytes that were sent; `types` are for OpenAPI. */
export const RawRoute = (types: string[], example: unknown): MethodDecorator =>
  describe({ body: 'raw', bodyTypes: types, bodyExample: example });

/**
 * An HTML route: forms are read as `Record<string, string | string[]>`, strangers are sent to the sign-in page. A page on which
 * much is written says how large its form may be.
 */
export const PageRoute = (
  form: Pick<FastifyContextConfig, 'bodyLimit' | 'formFields'> = {},
): MethodDecorator => describe({ page: true, body: 'form', ...form });

/** A JSON or raw route that takes more, or less, than others (`body-limits.ts`). */
export const BodyLimit = (bodyLimit: number): MethodDecorator => describe({ bodyLimit });

/** The address holds a token, which is the only credential: made-up ones are counted, a known one is always served. */
export const TokenRoute = (token: TokenKind): MethodDecorator => describe({ token });

/** The identity of the caller; on a public route use `@CurrentIdentity()`, which may be null. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Identity => {
  const { identity } = context.switchToHttp().getRequest<FastifyRequest>();
  if (identity === null) throw unauthenticated();
  return identity;
});

export const CurrentIdentity = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Identity | null =>
    context.switchToHttp().getRequest<FastifyRequest>().identity,
);

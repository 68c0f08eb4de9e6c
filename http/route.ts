/**
 * Declarations of a route: its permission, how its body is read, its reply. All of them are Fastify's route config, so the
 * authorisation hook, the parser and OpenAPI read the same data for Nest's routes and raw ones.
 */
import 'reflect-metadata';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import type { Permission as PermissionName } from '../domain/access/permissions.js';
import type { TeamKeys as TeamKeysName } from '../services/access/team-keys.js';
import type { TokenKind } from '../db/access/known-tokens.js';
import { type Identity } from '../services/common/identity.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { unauthenticated } from '../services/common/problem.js';

// Key under which the Fastify adapter looks for a handler's route config.
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

/** The schemas of `@Body({ schema })` and `@Query({ schema })`; parameter decorators have already run. */
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

/** `public`: no identity is read or required. `session`: any signed-in person or key, whatever the role. */
export const Permission = (permission: PermissionName | 'public' | 'session'): MethodDecorator =>
  describe({ permission });

/** Accepts keys of one team, and declares how the team is found. */
export const TeamKeys = (teamKeys: TeamKeysName): MethodDecorator => describe({ teamKeys });

/** For OpenAPI: one sentence, a zod schema of the reply, its status, its group. */
export const Documented = (about: {
  summary: string;
  tag: string;
  reply?: unknown;
  status?: number;
}): MethodDecorator => describe(about);

/** The body is the bytes that were sent; `types` are for OpenAPI. */
export const RawRoute = (types: string[], example: unknown): MethodDecorator =>
  describe({ body: 'raw', bodyTypes: types, bodyExample: example });

/**
 * HTML route: forms are read as `Record<string, string | string[]>`, and callers without a session are redirected to the sign-in
 * page. A page with long texts declares a larger form.
 */
export const PageRoute = (
  form: Pick<FastifyContextConfig, 'bodyLimit' | 'formFields'> = {},
): MethodDecorator => describe({ page: true, body: 'form', ...form });

/** A JSON or raw route with a body limit of its own (`body-limits.ts`). */
export const BodyLimit = (bodyLimit: number): MethodDecorator => describe({ bodyLimit });

/** The path holds a token, the only credential: unknown tokens are counted, a known one is always served. */
export const TokenRoute = (token: TokenKind): MethodDecorator => describe({ token });

/** The identity of the caller; 401 without one. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Identity => {
  const { identity } = context.switchToHttp().getRequest<FastifyRequest>();
  if (identity === null) throw unauthenticated();
  return identity;
});

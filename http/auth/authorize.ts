/**
 * Deny by default (docs/security.md S7): a route of any plugin without a declared permission stops the start, and the permission
 * is checked before a body is read. One hook for Nest's routes and the raw ones.
 */
import type { FastifyInstance } from 'fastify';
import type { DataSource } from 'typeorm';
import { mayDo } from '../../domain/access/permissions.js';
import { forbidden, unauthenticated } from '../../services/common/problem.js';
import type { Limits } from '../limits/limits.js';
import type { Authenticator } from './authenticator.js';
import { isSameSite } from './same-site.js';
import { requireOwnTeam } from '../../services/access/team-keys.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export function registerAuthorization(
  fastify: FastifyInstance,
  authenticator: Authenticator,
  publicUrl: string,
  dataSource: DataSource,
  limits: Limits,
): void {
  fastify.decorateRequest('identity', null);
  fastify.addHook('onRoute', ({ method, url, config }) => {
    if (config?.permission === undefined) {
      const methods = Array.isArray(method) ? method.join(', ') : method;
      throw new Error(
        `The route ${methods} ${url} declares no permission; add @Permission('…') or @Permission('public')`,
      );
    }
  });
  fastify.addHook('onRequest', async (request) => {
    const permission = request.routeOptions.config.permission;
    // The not-found handler is no route and reveals nothing.
    if (request.is404 || permission === undefined) return;
    const isOpen = permission === 'public';
    // Public routes other than pages read no identity: health, schemas and intake must not query the database for a session.
    if (isOpen && request.routeOptions.config.page !== true) return;
    const found = await limits.credential(request, authenticator.presented(request), () =>
      authenticator.authenticate(request),
    );
    if (found?.byCookie === true && !SAFE.has(request.method) && !isSameSite(request.headers, publicUrl)) {
      if (isOpen) return;
      throw forbidden('A change with the session cookie must come from a page of this installation.');
    }
    request.identity = found?.identity ?? null;
    if (isOpen) return;
    if (request.identity === null) throw unauthenticated();
    if (permission !== 'session' && !mayDo(request.identity.role, permission)) {
      throw forbidden(
        `The role ${request.identity.role} may not do this; it needs the permission ${permission}.`,
      );
    }
    await requireOwnTeam(dataSource, request);
  });
}

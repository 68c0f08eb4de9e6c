/** Every form is checked before its handler runs: it was sent from a page of this installation and, signed in, of this session. */
import { createHmac } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config/environment.js';
import { cookieName, readCookie } from '../../http/auth/cookies.js';
import { isForeign } from '../../http/auth/same-site.js';
import { forbidden } from '../../services/common/problem.js';
import { CONFIG } from '../../services/common/tokens.js';
import { sameSecret } from '../../shared/keys.js';
import { fieldOf } from '../ui/form.js';

/** The token that the forms of a session carry; null without a session cookie. */
export function csrfOf(
  { headers }: Pick<FastifyRequest, 'headers'>,
  config: Pick<Config, 'publicUrl'>,
): string | null {
  const session = readCookie(headers.cookie, cookieName(config));
  return session === null ? null : createHmac('sha256', session).update('tocsin/form').digest('base64url');
}

@Injectable()
export class OwnForm implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  canActivate(context: ExecutionContext): true {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.routeOptions.config.permission === 'public') this.requireOwnSite(request);
    else this.requireOwnSession(request);
    return true;
  }

  private requireOwnSite({ headers }: FastifyRequest): void {
    if (isForeign(headers, this.config.publicUrl))
      throw forbidden('This form was sent from another site; open the link itself. Nothing was changed.');
  }

  /** In addition to the check of the origin: the form must carry a token of this session. */
  private requireOwnSession(request: FastifyRequest): void {
    const wanted = request.headers.authorization === undefined ? csrfOf(request, this.config) : null;
    if (wanted !== null && !sameSecret(fieldOf(request.body, 'csrf'), wanted)) {
      throw forbidden(
        'This form belongs to another session, or was opened before you signed in. Go back, reload the page and press again; nothing was changed.',
      );
    }
  }
}

/** Context of every signed-in page, and the check that a form came from one of them. */
import { createHmac, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config/environment.js';
import { sameSecret } from '../../shared/keys.js';
import type { Store } from '../../db/connection/store.js';
import { getReader } from '../../db/people/reader-view.js';
import { getNames } from '../../db/people/names-view.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { mayDo } from '../../domain/access/permissions.js';
import { cookieName, readCookie } from '../../http/auth/cookies.js';
import type { Identity } from '../../services/common/identity.js';
import { forbidden } from '../../services/common/problem.js';
import { CONFIG, STORE } from '../../services/common/tokens.js';
import { SystemService } from '../../services/system/system.service.js';
import { fieldOf } from '../links/link-form.js';
import { appCssPath } from '../styles/styles.js';
import type { Frame } from '../ui/layout.js';
import type { Viewing } from '../ui/viewer.js';

/** Data of every signed-in page besides its own content. */
export interface PageContext {
  frame: Frame;
  viewing: Viewing;
  identity: Identity;
  snapshot: ConfigSnapshot;
  /** Idempotency key of the forms on this page: a double press is recorded once. */
  idempotencyKey: string;
}

@Injectable()
export class PageContexts {
  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: Config,
    private readonly system: SystemService,
  ) {}

  async context(request: Pick<FastifyRequest, 'headers'>, identity: Identity): Promise<PageContext> {
    const { dataSource, snapshots } = this.store;
    const snapshot = await snapshots.latest(dataSource);
    const contexts = await getReader(dataSource, identity.person);
    return {
      identity,
      snapshot,
      idempotencyKey: randomUUID(),
      frame: {
        css: appCssPath,
        csrf: this.csrfOf(request) ?? '',
        pagedFor: contexts.pagedFor,
        degraded: await this.system.degraded(),
        hidden: mayDo(identity.role, 'people.manage') ? [] : ['people'],
      },
      viewing: {
        now: contexts.now,
        zone: contexts.zone,
        names: await getNames(dataSource),
        you: identity.person,
      },
    };
  }

  /** In addition to the check of the origin: the form must carry a token of this session. */
  requireOwnForm(request: Pick<FastifyRequest, 'headers'>, body: unknown): void {
    const wanted = request.headers.authorization === undefined ? this.csrfOf(request) : null;
    if (wanted !== null && !sameSecret(fieldOf(body, 'csrf'), wanted)) {
      throw forbidden(
        'This form belongs to another session, or was opened before you signed in. Go back, reload the page and press again; nothing was changed.',
      );
    }
  }

  /** The value of the session cookie; null without one. */
  sessionOf(request: Pick<FastifyRequest, 'headers'>): string | null {
    return readCookie(request.headers.cookie, cookieName(this.config));
  }

  private csrfOf(request: Pick<FastifyRequest, 'headers'>): string | null {
    const session = this.sessionOf(request);
    return session === null ? null : createHmac('sha256', session).update('tocsin/form').digest('base64url');
  }
}

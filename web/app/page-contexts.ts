/** Context of every signed-in page. */
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config/environment.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { mayDo } from '../../domain/access/permissions.js';
import type { Identity } from '../../services/common/identity.js';
import { CONFIG } from '../../services/common/tokens.js';
import { ReaderService } from '../../services/people/reader.service.js';
import { SystemService } from '../../services/system/system.service.js';
import { appCssPath } from '../styles/styles.js';
import type { Frame } from '../ui/layout.js';
import type { Viewing } from '../ui/viewer.js';
import { csrfOf } from './own-form.js';

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
    @Inject(CONFIG) private readonly config: Config,
    private readonly readers: ReaderService,
    private readonly system: SystemService,
  ) {}

  async context(request: Pick<FastifyRequest, 'headers'>, identity: Identity): Promise<PageContext> {
    const { snapshot, now, zone, names, pagedFor } = await this.readers.reader(identity.person);
    return {
      identity,
      snapshot,
      idempotencyKey: randomUUID(),
      frame: {
        css: appCssPath,
        csrf: csrfOf(request, this.config) ?? '',
        pagedFor,
        degraded: await this.system.degraded(),
        hidden: [
          ...(mayDo(identity.role, 'people.manage') ? [] : (['people'] as const)),
          ...(mayDo(identity.role, 'config.read') ? [] : (['sources'] as const)),
        ],
      },
      viewing: { now, zone, names, you: identity.person },
    };
  }
}

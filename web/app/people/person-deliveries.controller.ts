/** Page of the deliveries to one person. */
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Store } from '../../../db/connection/store.js';
import { listPersonDeliveries } from '../../../db/delivery/delivery-view.js';
import type { Identity } from '../../../services/common/identity.js';
import { notFound } from '../../../services/common/problem.js';
import { Caller, Documented, PageRoute, Permission } from '../../../http/route.js';
import { STORE } from '../../../services/common/tokens.js';
import { sendAppPage } from '../../ui/render.js';
import { PageContexts } from '../page-contexts.js';
import { personDeliveriesPage } from './person-deliveries-page.js';

@Controller('people')
export class PersonDeliveriesPageController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly contexts: PageContexts,
  ) {}

  @Get(':name/deliveries')
  @Permission('incidents.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Deliveries to one person' })
  async show(
    @Param('name') name: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('cursor') cursor?: unknown,
  ): Promise<void> {
    const context = await this.contexts.context(request, caller);
    if (context.snapshot.get('Person', name) === undefined)
      throw notFound(`There is no person ${name.slice(0, 64)}.`);
    const sent = await listPersonDeliveries(this.store.dataSource, name, {
      cursor: typeof cursor === 'string' ? cursor : undefined,
    });
    await sendAppPage(reply, 200, personDeliveriesPage(context, name, sent));
  }
}

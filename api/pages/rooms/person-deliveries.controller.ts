/** The page of what one person was sent. */
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Store } from '../../../db/store.js';
import { listPersonDeliveries } from '../../../db/views/delivery-view.js';
import type { Identity } from '../../common/identity.js';
import { notFound } from '../../common/problem.js';
import { Caller, Documented, PageRoute, Permission } from '../../common/route.js';
import { STORE } from '../../common/tokens.js';
import { sendAppPage } from '../render.js';
import { Desk } from './desk.js';
import { personDeliveriesPage } from './person-deliveries-page.js';

@Controller('people')
export class PersonDeliveriesPageController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly desk: Desk,
  ) {}

  @Get(':name/deliveries')
  @Permission('incidents.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'What one person was sent' })
  async show(
    @Param('name') name: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('cursor') cursor?: unknown,
  ): Promise<void> {
    const room = await this.desk.room(request, caller);
    if (room.snapshot.get('Person', name) === undefined)
      throw notFound(`There is no person ${name.slice(0, 64)}.`);
    const sent = await listPersonDeliveries(this.store.dataSource, name, {
      cursor: typeof cursor === 'string' ? cursor : undefined,
    });
    await sendAppPage(reply, 200, personDeliveriesPage(room, name, sent));
  }
}

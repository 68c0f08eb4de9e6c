/** The page of the system itself. */
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../common/identity.js';
import { Caller, Documented, PageRoute, Permission } from '../../common/route.js';
import { SystemService } from '../../system/system.service.js';
import { sendAppPage } from '../render.js';
import { Desk } from './desk.js';
import { systemPage } from './system-page.js';

@Controller('system')
export class SystemPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly system: SystemService,
  ) {}

  @Get()
  @Permission('incidents.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'How Tocsin itself is' })
  async show(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const room = await this.desk.room(request, caller);
    await sendAppPage(reply, 200, systemPage(room, await this.system.standing()));
  }
}

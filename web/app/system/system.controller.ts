/** Page of Tocsin's own state. */
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../../services/common/identity.js';
import { Caller, Documented, PageRoute, Permission } from '../../../http/route.js';
import { SystemService } from '../../../services/system/system.service.js';
import { sendAppPage } from '../../ui/render.js';
import { PageContexts } from '../page-contexts.js';
import { systemPage } from './system-page.js';

@Controller('system')
export class SystemPagesController {
  constructor(
    private readonly contexts: PageContexts,
    private readonly system: SystemService,
  ) {}

  @Get()
  @Permission('incidents.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Processes and self-monitoring of Tocsin' })
  async show(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = await this.contexts.context(request, caller);
    await sendAppPage(reply, 200, systemPage(context, await this.system.status()));
  }
}

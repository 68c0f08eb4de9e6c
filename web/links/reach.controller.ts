/**
 * `/reach/<token>`: GET changes nothing, however often a mail scanner requests it; POST confirms that a test page arrived. The
 * token is the only credential, and is valid for nothing else.
 */
import { Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Store } from '../../db/connection/store.js';
import { Documented, PageRoute, Permission, TokenRoute } from '../../http/route.js';
import { STORE } from '../../services/common/tokens.js';
import { seeOther, sendLinkPage } from '../ui/render.js';
import { reachPage } from './reach-page.js';
import { unknownLinkPage } from './unknown-link.js';

@Controller('reach')
export class ReachController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get(':token')
  @Permission('public')
  @PageRoute()
  @TokenRoute('reach')
  @Documented({ tag: 'Pages', summary: 'The link page of a test page; changes nothing' })
  async show(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const test = await this.store.contactMessages.open(token);
    if (test === null) return sendLinkPage(reply, 404, unknownLinkPage);
    await sendLinkPage(reply, 200, reachPage(test, token));
  }

  @Post(':token')
  @Permission('public')
  @PageRoute()
  @TokenRoute('reach')
  @Documented({ tag: 'Pages', summary: 'Confirms that a test page arrived', status: 303 })
  async confirm(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    if ((await this.store.contactMessages.open(token)) === null)
      return sendLinkPage(reply, 404, unknownLinkPage);
    await this.store.contactMessages.confirm(token);
    await seeOther(reply, `/reach/${token}`);
  }
}

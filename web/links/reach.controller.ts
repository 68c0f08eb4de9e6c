/**
 * `/reach/<token>`: GET changes nothing, however often a mail scanner requests it; POST confirms that a test page arrived. The
 * token is the only credential, and is valid for nothing else.
 */
import { Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Documented, PageRoute, Permission, TokenRoute } from '../../http/route.js';
import { TestPages } from '../../services/people/test-pages.js';
import { seeOther, sendLinkPage } from '../ui/render.js';
import { reachPage } from './reach-page.js';
import { unknownLinkPage } from './unknown-link.js';

@Controller('reach')
export class ReachController {
  constructor(private readonly tests: TestPages) {}

  @Get(':token')
  @Permission('public')
  @PageRoute()
  @TokenRoute('reach')
  @Documented({ tag: 'Pages', summary: 'The link page of a test page; changes nothing' })
  async show(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const test = await this.tests.open(token);
    if (test === null) return sendLinkPage(reply, 404, unknownLinkPage);
    await sendLinkPage(reply, 200, reachPage(test, token));
  }

  @Post(':token')
  @Permission('public')
  @PageRoute()
  @TokenRoute('reach')
  @Documented({ tag: 'Pages', summary: 'Confirms that a test page arrived', status: 303 })
  async confirm(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    if (!(await this.tests.confirm(token))) return sendLinkPage(reply, 404, unknownLinkPage);
    await seeOther(reply, `/reach/${token}`);
  }
}

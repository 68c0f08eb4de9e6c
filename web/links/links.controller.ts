/**
 * `/l/<token>`: GET changes nothing, however often a mail scanner requests it; POST decides and redirects to the same link
 * (docs/ux.md §1 rule 2, docs/security.md S12). The token is the only credential; its holder is not signed in.
 */
import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Documented, PageRoute, Permission, TokenRoute } from '../../http/route.js';
import { DIGEST_MOST } from '../../domain/postmortem/digest.js';
import { LinkAnswers } from '../../services/reply/link-answers.js';
import { LinkViews } from '../../services/reply/link-views.js';
import { sendLinkPage, seeOther } from '../ui/render.js';
import { fieldOf } from '../ui/form.js';
import { LinkPages } from './link-pages.js';
import { pressOf } from './link-press.js';
import { unknownLinkPage } from './unknown-link.js';

@Controller('l')
export class LinksController {
  constructor(
    private readonly views: LinkViews,
    private readonly pages: LinkPages,
    private readonly answers: LinkAnswers,
  ) {}

  @Get(':token')
  @Permission('public')
  @PageRoute()
  @TokenRoute('link')
  @Documented({ tag: 'Pages', summary: 'The page of a link in a message; changes nothing' })
  async show(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = await this.views.open(token);
    if (link === null) return sendLinkPage(reply, 404, unknownLinkPage);
    await sendLinkPage(reply, 200, await this.pages.page(link, { mint: request.method === 'GET' }));
  }

  @Post(':token')
  @Permission('public')
  @PageRoute({ formFields: DIGEST_MOST + 20 })
  @TokenRoute('link')
  @Documented({ tag: 'Pages', summary: 'A decision on the page of a link', status: 303 })
  async decide(
    @Param('token') token: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = await this.views.open(token);
    if (link === null) return sendLinkPage(reply, 404, unknownLinkPage);
    const outcome = await this.answers.decide(link, pressOf(body));
    if (outcome.kind === 'done') return seeOther(reply, `/l/${token}`);
    const typed = Object.fromEntries(
      ['comment', 'to', 'for', 'step', 'reason', 'kind'].map((name) => [name, fieldOf(body, name)]),
    );
    // Read again: the new state may be the reason of the refusal.
    const now = (await this.views.open(token)) ?? link;
    const { status, title, detail, wrong } = outcome;
    const flash = { tone: 'warn' as const, title, ...(detail === undefined ? {} : { detail }) };
    await sendLinkPage(reply, status, await this.pages.page(now, { mint: true, flash, typed, wrong }));
  }
}

/** People and their sign-in links. */
import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SetupService } from '../../../services/access/setup.service.js';
import type { Identity } from '../../../services/common/identity.js';
import { Caller, Documented, PageRoute, Permission } from '../../../http/route.js';
import { PeopleService } from '../../../services/people/people.service.js';
import { Problem } from '../../../services/common/problem.js';
import { seeOther, sendAppPage } from '../../ui/render.js';
import { PageContexts } from '../page-contexts.js';
import { erasePage } from './erase-page.js';
import { type MadeLink, peoplePage } from './people-page.js';

@Controller('people')
export class PeoplePagesController {
  constructor(
    private readonly contexts: PageContexts,
    private readonly setup: SetupService,
    private readonly people: PeopleService,
  ) {}

  @Get()
  @Permission('people.manage')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'People, their roles and their reachability' })
  show(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.draw(caller, request, reply, null);
  }

  /** Answers with the page itself: the link is in no address and is shown only once. */
  @Post(':name/sign-in-link')
  @Permission('people.manage')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Creates a sign-in link and shows it once', status: 200 })
  async make(
    @Param('name') name: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.contexts.requireOwnForm(request, body);
    await this.draw(caller, request, reply, { name, url: await this.setup.signInLink(caller, name) });
  }

  /** Confirmation page: what is deleted, what is kept, and what blocks it. */
  @Get(':name/erase')
  @Permission('people.manage')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Confirms before a person is erased' })
  async askErase(
    @Param('name') name: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = await this.contexts.context(request, caller);
    await sendAppPage(reply, 200, erasePage(context, await this.people.erasable(name), null));
  }

  @Post(':name/erase')
  @Permission('people.manage')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Erases a person who was deleted', status: 303 })
  async erase(
    @Param('name') name: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.contexts.requireOwnForm(request, body);
    try {
      await this.people.erase(name, caller);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error;
      const context = await this.contexts.context(request, caller);
      return sendAppPage(reply, 409, erasePage(context, await this.people.erasable(name), error.detail));
    }
    await seeOther(reply, '/people');
  }

  private async draw(
    caller: Identity,
    request: FastifyRequest,
    reply: FastifyReply,
    made: { name: string; url: string } | null,
  ): Promise<void> {
    const context = await this.contexts.context(request, caller);
    const shown: MadeLink | null =
      made === null
        ? null
        : { displayName: context.viewing.names.get(made.name) ?? made.name, url: made.url };
    await sendAppPage(
      reply,
      200,
      peoplePage(context, shown, {
        reachability: await this.people.reachability(),
        deleted: await this.people.deleted(),
      }),
    );
  }
}

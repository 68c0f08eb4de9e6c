/** People and their sign-in links. */
import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SetupService } from '../../auth/setup.service.js';
import type { Identity } from '../../common/identity.js';
import { Caller, Documented, PageRoute, Permission } from '../../common/route.js';
import { PeopleService } from '../../people/people.service.js';
import { sendAppPage } from '../render.js';
import { Desk } from './desk.js';
import { type MadeLink, peoplePage } from './people-page.js';

@Controller('people')
export class PeoplePagesController {
  constructor(
    private readonly desk: Desk,
    private readonly setup: SetupService,
    private readonly people: PeopleService,
  ) {}

  @Get()
  @Permission('people.manage')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Who is here' })
  show(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.draw(caller, request, reply, null);
  }

  /** Answers with the page itself, not elsewhere: the link is in no address and is shown this once. */
  @Post(':name/sign-in-link')
  @Permission('people.manage')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Makes a sign-in link and shows it once', status: 200 })
  async make(
    @Param('name') name: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.desk.requireOwnForm(request, body);
    await this.draw(caller, request, reply, { name, url: await this.setup.signInLink(caller.actor, name) });
  }

  private async draw(
    caller: Identity,
    request: FastifyRequest,
    reply: FastifyReply,
    made: { name: string; url: string } | null,
  ): Promise<void> {
    const room = await this.desk.room(request, caller);
    const shown: MadeLink | null =
      made === null ? null : { displayName: room.viewing.names.get(made.name) ?? made.name, url: made.url };
    await sendAppPage(reply, 200, peoplePage(room, shown, await this.people.reachability()));
  }
}

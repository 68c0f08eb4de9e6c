/** `/sessions`: lists and ends the reader's sessions; admins end those of other people on `/people`. */
import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SessionStore } from '../../../db/access/session-store.js';
import type { Identity } from '../../../services/common/identity.js';
import { forbidden } from '../../../services/common/problem.js';
import { Caller, Documented, PageRoute, Permission } from '../../../http/route.js';
import { OpenStreams } from '../../../services/access/open-streams.js';
import { fieldOf } from '../../links/link-form.js';
import { sendAppPage, seeOther } from '../../ui/render.js';
import { PageContexts } from '../page-contexts.js';
import { sessionsPage } from './sessions-page.js';

@Controller()
export class SessionsPagesController {
  constructor(
    private readonly contexts: PageContexts,
    private readonly sessions: SessionStore,
    private readonly streams: OpenStreams,
  ) {}

  @Get('sessions')
  @Permission('session')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Your sessions' })
  async show(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (caller.person === null) throw forbidden('An API key has no sessions.');
    const context = await this.contexts.context(request, caller);
    await sendAppPage(reply, 200, sessionsPage(context, await this.sessions.list(caller.person)));
  }

  /** Ends one of the reader's sessions, or all but the current one. */
  @Post('sessions')
  @Permission('session')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Ends one of your sessions, or all others', status: 303 })
  async end(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.contexts.requireOwnForm(request, body);
    if (caller.person === null) throw forbidden('An API key has no sessions.');
    const id = fieldOf(body, 'id');
    const which = id !== '' ? { id } : caller.session === undefined ? {} : { except: caller.session };
    await this.sessions.end(caller.person, which, caller.actor);
    await this.streams.askAgain();
    await seeOther(reply, '/sessions');
  }

  @Post('people/:name/sessions/end')
  @Permission('people.manage')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Ends all sessions of a person', status: 303 })
  async endOfPerson(
    @Param('name') name: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.contexts.requireOwnForm(request, body);
    await this.sessions.end(name, {}, caller.actor);
    await this.streams.askAgain();
    await seeOther(reply, '/people');
  }
}

/** Page of the mailbox. */
import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MailboxStore } from '../../../db/delivery/mailbox-store.js';
import type { Identity } from '../../../services/common/identity.js';
import { Caller, Documented, PageRoute, Permission } from '../../../http/route.js';
import { wordsOf } from '../../links/link-form.js';
import { sendAppPage, seeOther } from '../../ui/render.js';
import { PageContexts } from '../page-contexts.js';
import { mailboxPage } from './mailbox-page.js';

const MESSAGES_SHOWN = 100;

@Controller()
export class MailboxController {
  constructor(
    private readonly contexts: PageContexts,
    private readonly mailbox: MailboxStore,
  ) {}

  /** A message contains a link that answers for its person: people read their own, admins all. */
  @Get('mailbox')
  @Permission('mailbox.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'The in-app inbox' })
  async showMailbox(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('person') asked?: unknown,
  ): Promise<void> {
    const isAdmin = caller.role === 'admin';
    const named = typeof asked === 'string' && asked !== '' ? asked : null;
    const person = isAdmin ? named : caller.person;
    const links = caller.kind !== 'key';
    const items =
      isAdmin || person !== null ? await this.mailbox.list(person, MESSAGES_SHOWN, { links }) : [];
    const unread = items.filter(({ readAt }) => readAt === null);
    const read = items.filter(({ readAt }) => readAt !== null);
    const context = await this.contexts.context(request, caller);
    const people = isAdmin ? await this.mailbox.people() : [];
    await sendAppPage(reply, 200, mailboxPage(context, { items: [...unread, ...read], person, people }));
  }

  @Post('mailbox/:id/read')
  @Permission('mailbox.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Marks a message as read', status: 303 })
  async markRead(
    @Param('id') id: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.contexts.requireOwnForm(request, body);
    const isAdmin = caller.role === 'admin';
    if (isAdmin || caller.person !== null) await this.mailbox.markRead(id, isAdmin ? null : caller.person);
    const person = wordsOf(body, 'person');
    await seeOther(reply, person === null ? '/mailbox' : `/mailbox?person=${encodeURIComponent(person)}`);
  }
}

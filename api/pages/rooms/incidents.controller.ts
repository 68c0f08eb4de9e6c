/** The incident pages: lists, one incident, and its buttons. Every POST answers 303, or the page again with the refusal. */
import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  DeclareBody,
  NoteBody,
  ReasonBody,
  UnacknowledgeBody,
  ResolveBody,
  SnoozeBody,
} from '../../../contracts/api/incident-commands.js';
import type { Store } from '../../../db/store.js';
import { countOpen, listIncidents } from '../../../db/views/incident-list.js';
import { idempotencyOfForm } from '../../common/idempotency-key.js';
import type { Identity } from '../../common/identity.js';
import { notFound } from '../../common/problem.js';
import { Caller, Documented, PageRoute, Permission } from '../../common/route.js';
import { STORE } from '../../common/tokens.js';
import { type Asking, IncidentsService } from '../../incidents/incidents.service.js';
import { fieldOf, wordsOf } from '../links/link-form.js';
import { sendAppPage, seeOther } from '../render.js';
import type { Said } from '../ui/notice.js';
import { attempt } from './attempt.js';
import { Desk } from './desk.js';
import { IncidentRoom } from './incident-room.js';
import { incidentsPage } from './incidents-page.js';
import { parsed } from './parsed.js';

const COMMANDS = [
  'acknowledge',
  'unacknowledge',
  'escalate',
  'resolve',
  'reopen',
  'snooze',
  'notes',
] as const;
type Command = (typeof COMMANDS)[number];

@Controller()
export class IncidentPagesController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly desk: Desk,
    private readonly room: IncidentRoom,
    private readonly incidents: IncidentsService,
  ) {}

  @Get()
  @Permission('incidents.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Home: the open incidents' })
  home(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.list(caller, request, reply);
  }

  @Get('incidents')
  @Permission('incidents.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'The open incidents' })
  async list(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('show') show?: unknown,
    @Query('cursor') cursor?: unknown,
  ): Promise<void> {
    await this.showList(caller, request, reply, {
      showAll: show === 'all',
      cursor: typeof cursor === 'string' ? cursor : null,
    });
  }

  @Post('incidents')
  @Permission('incidents.declare')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Declares an incident', status: 303 })
  async declare(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.desk.requireOwnForm(request, body);
    const { refusal, value: number } = await attempt(async () => {
      const wish = {
        title: fieldOf(body, 'title').trim(),
        service: wordsOf(body, 'service'),
        priority: wordsOf(body, 'priority') ?? undefined,
      };
      const { incident } = await this.incidents.declare(
        parsed(DeclareBody, wish),
        caller,
        idempotencyOfForm(body),
      );
      return incident.number;
    });
    if (refusal === null) return seeOther(reply, `/incidents/${number}`);
    const typed = {
      title: fieldOf(body, 'title'),
      service: fieldOf(body, 'service'),
      priority: fieldOf(body, 'priority'),
    };
    await this.showList(
      caller,
      request,
      reply,
      { showAll: false, cursor: null },
      { status: refusal.status, said: refusal.said, typed },
    );
  }

  @Get('incidents/:number')
  @Permission('incidents.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'One incident' })
  async show(
    @Param('number') number: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('before') before?: unknown,
  ): Promise<void> {
    const page = await this.room.page(number, caller, request, {
      before: typeof before === 'string' ? before : null,
      said: null,
    });
    await sendAppPage(reply, 200, page);
  }

  @Post('incidents/:number/:command')
  @Permission('incidents.respond')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'A button of an incident', status: 303 })
  async act(
    @Param('number') number: string,
    @Param('command') name: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    const command = COMMANDS.find((one) => one === name);
    if (command === undefined) throw notFound('There is no such button.');
    this.desk.requireOwnForm(request, body);
    const asking: Asking = {
      incident: number,
      identity: caller,
      idempotency: idempotencyOfForm(body),
      position: wordsOf(body, 'position') ?? undefined,
    };
    const { refusal } = await attempt(() => this.run(command, asking, body));
    if (refusal === null) return seeOther(reply, `/incidents/${encodeURIComponent(number)}`);
    await sendAppPage(
      reply,
      refusal.status,
      await this.room.page(number, caller, request, { before: null, said: refusal.said }),
    );
  }

  private run(command: Command, asking: Asking, body: unknown): Promise<unknown> {
    switch (command) {
      case 'acknowledge':
        return this.incidents.acknowledge(asking);
      case 'unacknowledge':
        return this.incidents.unacknowledge(
          asking,
          parsed(UnacknowledgeBody, {
            reason: wordsOf(body, 'reason') ?? undefined,
            to: wordsOf(body, 'to') ?? undefined,
          }),
        );
      case 'escalate':
        return this.incidents.escalate(asking, {});
      case 'resolve':
        return this.incidents.resolve(
          asking,
          parsed(ResolveBody, { comment: wordsOf(body, 'comment') ?? undefined }).comment ?? null,
        );
      case 'reopen':
        return this.incidents.reopen(
          asking,
          parsed(ReasonBody, { reason: wordsOf(body, 'reason') ?? undefined }).reason ?? null,
        );
      case 'snooze':
        return this.incidents.snooze(asking, parsed(SnoozeBody, { for: fieldOf(body, 'for') }));
      case 'notes':
        return this.incidents.note(asking, parsed(NoteBody, { text: fieldOf(body, 'text').trim() }).text);
    }
  }

  private async showList(
    caller: Identity,
    request: FastifyRequest,
    reply: FastifyReply,
    asked: { showAll: boolean; cursor: string | null },
    after: { status: number; said: Said | null; typed: Readonly<Record<string, string>> } = {
      status: 200,
      said: null,
      typed: {},
    },
  ): Promise<void> {
    const room = await this.desk.room(request, caller);
    const { items, next } = await listIncidents(this.store.dataSource, {
      ...(asked.showAll
        ? {}
        : { status: ['triggered', 'acknowledged', 'resolved'] as const, order: 'urgency' as const }),
      ...(asked.cursor === null ? {} : { cursor: asked.cursor }),
      limit: 100,
    });
    await sendAppPage(
      reply,
      after.status,
      incidentsPage(room, {
        incidents: items,
        next,
        open: await countOpen(this.store.dataSource),
        showAll: asked.showAll,
        said: after.said,
        typed: after.typed,
      }),
    );
  }
}

/** Incident pages: lists, one incident, and its buttons. Every POST answers 303, or the page again with the refusal. */
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
import type { Store } from '../../../db/connection/store.js';
import { countOpen, listIncidents } from '../../../db/incident/incident-list.js';
import { idempotencyOfForm } from '../../../http/idempotency-key.js';
import type { Identity } from '../../../services/common/identity.js';
import { notFound } from '../../../services/common/problem.js';
import { Caller, Documented, PageRoute, Permission } from '../../../http/route.js';
import { STORE } from '../../../services/common/tokens.js';
import { type IncidentRequest, IncidentsService } from '../../../services/incident/incidents.service.js';
import { fieldOf, wordsOf } from '../../links/link-form.js';
import { sendAppPage, seeOther } from '../../ui/render.js';
import type { Flash } from '../../ui/notice.js';
import { attempt } from '../attempt.js';
import { PageContexts } from '../page-contexts.js';
import { IncidentPageLoader } from './incident-page-loader.js';
import { incidentsPage } from './incidents-page.js';
import { parsed } from '../parsed.js';

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
    private readonly contexts: PageContexts,
    private readonly context: IncidentPageLoader,
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
    this.contexts.requireOwnForm(request, body);
    const { refusal, value: number } = await attempt(async () => {
      const input = {
        title: fieldOf(body, 'title').trim(),
        service: wordsOf(body, 'service'),
        priority: wordsOf(body, 'priority') ?? undefined,
      };
      const { incident } = await this.incidents.declare(
        parsed(DeclareBody, input),
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
      { status: refusal.status, flash: refusal.flash, typed },
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
    const page = await this.context.page(number, caller, request, {
      before: typeof before === 'string' ? before : null,
      flash: null,
    });
    await sendAppPage(reply, 200, page);
  }

  @Post('incidents/:number/:command')
  @Permission('incidents.respond')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'A command of the incident page', status: 303 })
  async act(
    @Param('number') number: string,
    @Param('command') name: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    const command = COMMANDS.find((one) => one === name);
    if (command === undefined) throw notFound('There is no such command.');
    this.contexts.requireOwnForm(request, body);
    const incidentRequest: IncidentRequest = {
      incident: number,
      identity: caller,
      idempotency: idempotencyOfForm(body),
      position: wordsOf(body, 'position') ?? undefined,
    };
    const { refusal } = await attempt(() => this.run(command, incidentRequest, body));
    if (refusal === null) return seeOther(reply, `/incidents/${encodeURIComponent(number)}`);
    await sendAppPage(
      reply,
      refusal.status,
      await this.context.page(number, caller, request, { before: null, flash: refusal.flash }),
    );
  }

  private run(command: Command, incidentRequest: IncidentRequest, body: unknown): Promise<unknown> {
    switch (command) {
      case 'acknowledge':
        return this.incidents.acknowledge(incidentRequest);
      case 'unacknowledge':
        return this.incidents.unacknowledge(
          incidentRequest,
          parsed(UnacknowledgeBody, {
            reason: wordsOf(body, 'reason') ?? undefined,
            to: wordsOf(body, 'to') ?? undefined,
          }),
        );
      case 'escalate':
        return this.incidents.escalate(incidentRequest, {});
      case 'resolve':
        return this.incidents.resolve(
          incidentRequest,
          parsed(ResolveBody, { comment: wordsOf(body, 'comment') ?? undefined }).comment ?? null,
        );
      case 'reopen':
        return this.incidents.reopen(
          incidentRequest,
          parsed(ReasonBody, { reason: wordsOf(body, 'reason') ?? undefined }).reason ?? null,
        );
      case 'snooze':
        return this.incidents.snooze(incidentRequest, parsed(SnoozeBody, { for: fieldOf(body, 'for') }));
      case 'notes':
        return this.incidents.note(
          incidentRequest,
          parsed(NoteBody, { text: fieldOf(body, 'text').trim() }).text,
        );
    }
  }

  private async showList(
    caller: Identity,
    request: FastifyRequest,
    reply: FastifyReply,
    asked: { showAll: boolean; cursor: string | null },
    after: { status: number; flash: Flash | null; typed: Readonly<Record<string, string>> } = {
      status: 200,
      flash: null,
      typed: {},
    },
  ): Promise<void> {
    const context = await this.contexts.context(request, caller);
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
      incidentsPage(context, {
        incidents: items,
        next,
        open: await countOpen(this.store.dataSource),
        showAll: asked.showAll,
        flash: after.flash,
        typed: after.typed,
      }),
    );
  }
}

/** Incident pages: lists, one incident, and its buttons. Every POST answers 303, or the page again with the refusal. */
import { Controller, Param } from '@nestjs/common';
import {
  DeclareBody,
  NoteBody,
  ReasonBody,
  RoleBody,
  UnacknowledgeBody,
  ResolveBody,
  SnoozeBody,
} from '../../../contracts/api/incident-commands.js';
import { idempotencyOfForm } from '../../../http/idempotency-key.js';
import { notFound } from '../../../services/common/problem.js';
import { IncidentQueries } from '../../../services/incident/incident-queries.service.js';
import { type IncidentRequest, IncidentsService } from '../../../services/incident/incidents.service.js';
import type { Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { parsed } from '../parsed.js';
import { IncidentPageLoader } from './incident-page-loader.js';
import { incidentsPage } from './incidents-page.js';

const COMMANDS = [
  'acknowledge',
  'unacknowledge',
  'escalate',
  'resolve',
  'reopen',
  'snooze',
  'notes',
  'roles',
] as const;
type Command = (typeof COMMANDS)[number];

@Controller()
export class IncidentPagesController {
  constructor(
    private readonly pages: IncidentPageLoader,
    private readonly incidents: IncidentsService,
    private readonly queries: IncidentQueries,
  ) {}

  @PageRead('', { permission: 'incidents.read', summary: 'Home: the open incidents' })
  home(@Page() page: PageCall): Promise<void> {
    return this.drawList(page, { showAll: false, cursor: null });
  }

  @PageRead('incidents', { permission: 'incidents.read', summary: 'The open incidents' })
  list(@Page() page: PageCall): Promise<void> {
    return this.drawList(page, { showAll: page.query('show') === 'all', cursor: page.query('cursor') });
  }

  @PageForm('incidents', { permission: 'incidents.declare', summary: 'Declares an incident' })
  declare(@Page() page: PageCall): Promise<void> {
    return page.submit(
      async () => {
        const input = parsed(DeclareBody, {
          title: page.field('title').trim(),
          service: page.words('service'),
          priority: page.words('priority') ?? undefined,
        });
        return this.incidents.declare(input, page.caller, idempotencyOfForm(page.body));
      },
      ({ incident }) => `/incidents/${incident.number}`,
      (refusal) => this.drawList(page, { showAll: false, cursor: null }, refusal),
    );
  }

  @PageRead('incidents/:number', { permission: 'incidents.read', summary: 'One incident' })
  show(@Page() page: PageCall, @Param('number') number: string): Promise<void> {
    return this.pages.show(page, number, { before: page.query('before'), refusal: null });
  }

  @PageForm('incidents/:number/:command', {
    permission: 'incidents.respond',
    summary: 'A command of the incident page',
  })
  act(
    @Page() page: PageCall,
    @Param('number') number: string,
    @Param('command') name: string,
  ): Promise<void> {
    const command = COMMANDS.find((one) => one === name);
    if (command === undefined) throw notFound('There is no such command.');
    const incidentRequest: IncidentRequest = {
      incident: number,
      identity: page.caller,
      idempotency: idempotencyOfForm(page.body),
      position: page.words('position') ?? undefined,
    };
    return this.pages.submit(page, number, async () => this.run(command, incidentRequest, page));
  }

  private run(command: Command, incidentRequest: IncidentRequest, page: PageCall): Promise<unknown> {
    switch (command) {
      case 'acknowledge':
        return this.incidents.acknowledge(incidentRequest);
      case 'unacknowledge':
        return this.incidents.unacknowledge(
          incidentRequest,
          parsed(UnacknowledgeBody, {
            reason: page.words('reason') ?? undefined,
            to: page.words('to') ?? undefined,
          }),
        );
      case 'escalate':
        return this.incidents.escalate(incidentRequest, {});
      case 'resolve':
        return this.incidents.resolve(
          incidentRequest,
          parsed(ResolveBody, { comment: page.words('comment') ?? undefined }).comment ?? null,
        );
      case 'reopen':
        return this.incidents.reopen(
          incidentRequest,
          parsed(ReasonBody, { reason: page.words('reason') ?? undefined }).reason ?? null,
        );
      case 'snooze':
        return this.incidents.snooze(incidentRequest, parsed(SnoozeBody, { for: page.field('for') }));
      case 'roles': {
        const { role, person } = parsed(RoleBody, { role: page.field('role'), person: page.field('person') });
        return this.incidents.assignRole(incidentRequest, role, person);
      }
      case 'notes':
        return this.incidents.note(
          incidentRequest,
          parsed(NoteBody, { text: page.field('text').trim() }).text,
        );
    }
  }

  private async drawList(
    page: PageCall,
    asked: { showAll: boolean; cursor: string | null },
    refusal: Refusal | null = null,
  ): Promise<void> {
    const context = await page.context();
    const { items, next } = await this.queries.list({
      ...(asked.showAll
        ? {}
        : { status: ['triggered', 'acknowledged', 'resolved'] as const, order: 'urgency' as const }),
      ...(asked.cursor === null ? {} : { cursor: asked.cursor }),
      limit: 100,
    });
    await page.show(
      incidentsPage(context, {
        incidents: items,
        next,
        open: await this.queries.countOpen(),
        showAll: asked.showAll,
        flash: refusal?.flash ?? null,
        typed: refusal === null ? {} : page.fields(['title', 'service', 'priority']),
      }),
      refusal,
    );
  }
}

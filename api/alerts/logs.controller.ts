/** Alerts with their reasons, refused bodies, the audit, the in-app inbox: what explains the rest. */
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { slug } from '../../contracts/config/fields.js';
import { MailboxStore } from '../../db/mailbox-store.js';
import type { Store } from '../../db/store.js';
import { alertReasons, listAlerts, listAudit, listRejections } from '../../db/views/log-view.js';
import type { Identity } from '../common/identity.js';
import { forbidden, notFound } from '../common/problem.js';
import { page, PageQuery, wholeNumber } from '../common/query.schemas.js';
import { Caller, Documented, Permission } from '../common/route.js';
import { STORE } from '../common/tokens.js';
import { IncidentsService } from '../incidents/incidents.service.js';

const AlertsQuery = z.object({ ...page, status: z.enum(['open', 'closed']).optional(), source: slug.optional(), incident: z.string().max(64).optional() });
type AlertsQuery = z.infer<typeof AlertsQuery>;
const AuditQuery = z.object({ ...page, subject: z.string().max(200).optional() });
type AuditQuery = z.infer<typeof AuditQuery>;
const MailboxQuery = z.object({ person: slug.optional(), limit: wholeNumber(1, 200).default(50) });
type MailboxQuery = z.infer<typeof MailboxQuery>;

@Controller('api/v1')
export class LogsController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly incidents: IncidentsService,
    private readonly mailbox: MailboxStore,
  ) {}

  @Get('alerts')
  @Permission('incidents.read')
  @Documented({ tag: 'Alerts', summary: 'Alerts, newest first' })
  async alerts(@Query({ schema: AlertsQuery }) { incident, ...filter }: AlertsQuery) {
    return listAlerts(this.store.dataSource, { ...filter, ...(incident === undefined ? {} : { incident: await this.incidents.idOf(incident) }) });
  }

  @Get('alerts/:id/why')
  @Permission('incidents.read')
  @Documented({ tag: 'Alerts', summary: 'Why somebody was, or was not, paged for this alert' })
  async why(@Param('id') id: string) {
    const reasons = await alertReasons(this.store.dataSource, id);
    if (reasons === null) throw notFound(`There is no alert ${id.slice(0, 64)}.`);
    return { reasons };
  }

  @Get('rejections')
  @Permission('rejections.read')
  @Documented({ tag: 'Alerts', summary: 'Inbound bodies that were refused, and why' })
  rejections(@Query({ schema: PageQuery }) query: PageQuery) {
    return listRejections(this.store.dataSource, query);
  }

  @Get('audit')
  @Permission('audit.read')
  @Documented({ tag: 'Access', summary: 'Who changed what, newest first' })
  audit(@Query({ schema: AuditQuery }) query: AuditQuery) {
    return listAudit(this.store.dataSource, query);
  }

  @Get('mailbox')
  @Permission('mailbox.read')
  @Documented({ tag: 'Mailbox', summary: 'The in-app inbox: your own; of anybody for admins' })
  async inbox(@Query({ schema: MailboxQuery }) { person, limit }: MailboxQuery, @Caller() caller: Identity) {
    // The links in a message act for their person.
    if (caller.role !== 'admin' && (caller.person === null || (person ?? caller.person) !== caller.person)) {
      throw forbidden('This is your own inbox only; admins may read any.');
    }
    const whose = person ?? (caller.role === 'admin' ? null : caller.person);
    return { items: await this.mailbox.list(whose, limit), next: null };
  }
}

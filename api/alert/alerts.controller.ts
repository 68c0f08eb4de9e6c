/** Alerts, the decisions about each alert, rejected bodies and dropped signals. */
import { DataSource } from 'typeorm';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { listDropped, listRejections } from '../../db/alert/refusal-view.js';
import { AlertItem, AlertReply, AlertsQuery, AlertWhyReply } from '../../contracts/api/alert.js';
import { PageQuery } from '../../contracts/api/query.js';
import { IncidentReply } from '../../contracts/api/incident.js';
import { AlertMovesService } from '../../services/alert/alert-moves.service.js';
import { AlertQueries } from '../../services/alert/alert-queries.service.js';
import type { Identity } from '../../services/common/identity.js';
import { Caller, Documented, Permission } from '../../http/route.js';

const next = z.string().nullable();
const AlertsReply = z.object({ items: z.array(AlertItem), next });
const RejectionsReply = z.object({
  items: z.array(z.looseObject({ id: z.uuid(), at: z.string(), reason: z.string() })),
  next,
});

const person = z
  .string()
  .max(64)
  .optional()
  .meta({ description: 'For API keys: the person on whose behalf the alert moves.' });
const SplitBody = z.strictObject({ person }).default({});
type SplitBody = z.infer<typeof SplitBody>;
const MoveBody = z.strictObject({
  into: z
    .string()
    .max(64)
    .meta({ description: 'Id or number of the incident that takes it.', examples: ['INC-42'] }),
  person,
});
type MoveBody = z.infer<typeof MoveBody>;

@Controller('api/v1')
export class AlertsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly alerts: AlertQueries,
    private readonly moves: AlertMovesService,
  ) {}

  @Get('alerts')
  @Permission('incidents.read')
  @Documented({ tag: 'Alerts', summary: 'Alerts, newest first', reply: AlertsReply })
  list(@Query({ schema: AlertsQuery }) query: AlertsQuery) {
    return this.alerts.list(query);
  }

  @Get('alerts/:id')
  @Permission('incidents.read')
  @Documented({
    tag: 'Alerts',
    summary: 'One alert: its newest texts beside the first, and every decision about it',
    reply: AlertReply,
  })
  one(@Param('id') id: string) {
    return this.alerts.get(id);
  }

  @Get('alerts/:id/why')
  @Permission('incidents.read')
  @Documented({
    tag: 'Alerts',
    summary: 'Every decision about an alert, with its reason',
    reply: AlertWhyReply,
  })
  async why(@Param('id') id: string) {
    const { reasons } = await this.alerts.get(id);
    return { reasons };
  }

  @Post('alerts/:id/split')
  @HttpCode(200)
  @Permission('incidents.respond')
  @Documented({
    tag: 'Alerts',
    summary: 'Splits an open alert off into an incident of its own, which pages',
    reply: IncidentReply,
  })
  split(@Param('id') id: string, @Body({ schema: SplitBody }) body: SplitBody, @Caller() caller: Identity) {
    return this.moves.move(id, null, caller, body.person);
  }

  @Post('alerts/:id/move')
  @HttpCode(200)
  @Permission('incidents.respond')
  @Documented({
    tag: 'Alerts',
    summary: 'Moves an open alert to another open incident; a higher priority comes with it',
    reply: IncidentReply,
  })
  move(@Param('id') id: string, @Body({ schema: MoveBody }) body: MoveBody, @Caller() caller: Identity) {
    return this.moves.move(id, body.into, caller, body.person);
  }

  @Get('rejections')
  @Permission('rejections.read')
  @Documented({ tag: 'Alerts', summary: 'Bodies that were refused, newest first', reply: RejectionsReply })
  rejections(@Query({ schema: PageQuery }) query: PageQuery) {
    return listRejections(this.dataSource, query);
  }

  @Get('dropped-signals')
  @Permission('rejections.read')
  @Documented({
    tag: 'Alerts',
    summary: 'Signals that were accepted and had no effect, with the reason',
    reply: RejectionsReply,
  })
  dropped(@Query({ schema: PageQuery }) query: PageQuery) {
    return listDropped(this.dataSource, query);
  }
}

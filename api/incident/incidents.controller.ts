/** Incidents: the list, one incident, and its timeline, deliveries, explanations and runs. */
import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PageQuery } from '../../contracts/api/common.js';
import {
  DeliveriesQuery,
  DeliveriesReply,
  IncidentReply,
  IncidentsReply,
  TimelineReply,
  WhyQuery,
  WhyReply,
} from '../../contracts/api/incident.js';
import { DeclareBody } from '../../contracts/api/incident-commands.js';
import type { Idempotency } from '../../services/common/idempotency.js';
import { IdempotencyKey } from '../../http/idempotency-key.js';
import type { Identity } from '../../services/common/identity.js';
import { Caller, Documented, Permission, TeamKeys } from '../../http/route.js';
import { IncidentsQuery } from '../../contracts/api/incident-requests.js';
import { IncidentQueries } from '../../services/incident/incident-queries.service.js';
import { IncidentsService } from '../../services/incident/incidents.service.js';

const tag = 'Incidents';

@Controller('api/v1/incidents')
export class IncidentsController {
  constructor(
    private readonly incidents: IncidentsService,
    private readonly queries: IncidentQueries,
  ) {}

  @Get()
  @Permission('incidents.read')
  @TeamKeys('asked')
  @Documented({ tag, summary: 'Incidents, newest first or by urgency', reply: IncidentsReply })
  list(@Query({ schema: IncidentsQuery }) query: IncidentsQuery, @Caller() { team }: Identity) {
    return this.queries.list(team === null ? query : { ...query, team });
  }

  @Post()
  @Permission('incidents.declare')
  @TeamKeys('asked')
  @Documented({ tag, summary: 'Declares an incident; a title is enough', reply: IncidentReply, status: 201 })
  async declare(
    @Body({ schema: DeclareBody }) body: DeclareBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { incident, isNew } = await this.incidents.declare(body, caller, key);
    void reply.code(isNew ? 201 : 200).header('location', `/api/v1/incidents/${incident.id}`);
    return incident;
  }

  @Get(':id')
  @Permission('incidents.read')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'One incident, by uuid or number', reply: IncidentReply })
  get(@Param('id') id: string) {
    return this.incidents.get(id);
  }

  @Get(':id/timeline')
  @Permission('incidents.read')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'The timeline of an incident, in order', reply: TimelineReply })
  async timeline(@Param('id') id: string, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.queries.timeline(await this.incidents.idOf(id), query);
  }

  @Get(':id/deliveries')
  @Permission('incidents.read')
  @TeamKeys('incident')
  @Documented({
    tag,
    summary: 'The deliveries of an incident, with attempts and receipts',
    reply: DeliveriesReply,
  })
  async deliveries(@Param('id') id: string, @Query({ schema: DeliveriesQuery }) query: DeliveriesQuery) {
    return this.queries.deliveries(await this.incidents.idOf(id), query);
  }

  @Get(':id/why')
  @Permission('incidents.read')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'Why each person was, or was not, paged', reply: WhyReply })
  why(@Param('id') id: string, @Query({ schema: WhyQuery }) { person }: WhyQuery) {
    return this.incidents.why(id, person ?? null);
  }

  @Get(':id/runs')
  @Permission('runbooks.read')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'The runbook runs of this incident' })
  async runs(@Param('id') id: string) {
    return { items: await this.queries.runs(await this.incidents.idOf(id)), next: null };
  }
}

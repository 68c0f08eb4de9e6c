/** `/metrics` in Prometheus' text format. Counts only: no titles, people or ids. */
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Documented, Permission } from '../common/route.js';
import { Metrics } from './metrics.js';

@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  // Names of sources and numbers of incidents: any key may read them, nobody else. TOCSIN_METRICS_PORT needs none.
  @Permission('session')
  @Documented({ tag: 'Health', summary: 'Metrics in the text format of Prometheus' })
  async read(@Res() reply: FastifyReply): Promise<void> {
    await reply.type(this.metrics.registry.contentType).send(await this.metrics.text());
  }
}

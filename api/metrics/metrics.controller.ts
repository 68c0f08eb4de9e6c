/** `/metrics` in the text format of Prometheus. Counts only: no titles, people or ids. */
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Documented, Permission } from '../../http/route.js';
import { Metrics } from './metrics.js';

@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  // The metrics name sources and count incidents: any key or session may read them. TOCSIN_METRICS_PORT requires no credential.
  @Permission('session')
  @Documented({ tag: 'Health', summary: 'Metrics in the text format of Prometheus' })
  async read(@Res() reply: FastifyReply): Promise<void> {
    await reply.type(this.metrics.registry.contentType).send(await this.metrics.text());
  }
}

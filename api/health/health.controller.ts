/** `/healthz`: this process answers. `/readyz`: an alert that arrives now would be paged. */
import { DataSource } from 'typeorm';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { heartbeats, HEARTBEAT_LATE_MS } from '../../db/health/heartbeats.js';
import { Documented, Permission } from '../../http/route.js';
import { databaseAway, readiness } from '../../services/system/readiness.js';

@Controller()
export class HealthController {
  constructor(private readonly dataSource: DataSource) {}

  @Get('healthz')
  @Permission('public')
  @Documented({ tag: 'Health', summary: 'Liveness of this process' })
  alive() {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Permission('public')
  @Documented({
    tag: 'Health',
    summary: 'Readiness of database, worker, Temporal and pager; 503 names the part that is missing',
  })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const state = await this.look();
    await reply.code(state.ready ? 200 : 503).send({ status: state.ready ? 'ready' : 'not ready', ...state });
  }

  private async look() {
    try {
      return readiness(await heartbeats(this.dataSource), HEARTBEAT_LATE_MS);
    } catch {
      return databaseAway();
    }
  }
}

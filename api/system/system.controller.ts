/** Tocsin's own state. */
import { Controller, Get } from '@nestjs/common';
import { SystemReply } from '../../contracts/api/system.js';
import { Documented, Permission } from '../../http/route.js';
import { SystemService } from '../../services/system/system.service.js';

@Controller('api/v1/system')
export class SystemController {
  constructor(private readonly system: SystemService) {}

  @Get()
  @Permission('incidents.read')
  @Documented({
    tag: 'Health',
    summary: 'Self-monitoring: processes, canary, outgoing heartbeat, auditor',
    reply: SystemReply,
  })
  async show() {
    const { watchdogs, ...readiness } = await this.system.status();
    return {
      ...readiness,
      watchdogs: watchdogs.map(({ since, at, ...report }) => ({
        ...report,
        since: since.toISOString(),
        at: at.toISOString(),
      })),
    };
  }
}

/** How Tocsin itself is. */
import { Controller, Get } from '@nestjs/common';
import { SystemReply } from '../../contracts/api/system.js';
import { Documented, Permission } from '../common/route.js';
import { SystemService } from './system.service.js';

@Controller('api/v1/system')
export class SystemController {
  constructor(private readonly system: SystemService) {}

  @Get()
  @Permission('incidents.read')
  @Documented({
    tag: 'Health',
    summary: 'Processes, canary, outgoing heartbeat and auditor: is Tocsin itself well?',
    reply: SystemReply,
  })
  async show() {
    const { watchdogs, ...readiness } = await this.system.standing();
    return {
      ...readiness,
      watchdogs: watchdogs.map(({ since, at, ...dog }) => ({
        ...dog,
        since: since.toISOString(),
        at: at.toISOString(),
      })),
    };
  }
}

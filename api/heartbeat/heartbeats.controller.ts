/** Sources that have to be heard from. */
import { Controller, Get, Param } from '@nestjs/common';
import { HeartbeatReply, HeartbeatsReply } from '../../contracts/api/heartbeat.js';
import { Documented, Permission } from '../../http/route.js';
import { HeartbeatsService } from '../../services/heartbeat/heartbeats.service.js';

const tag = 'Heartbeats';

@Controller('api/v1/heartbeats')
export class HeartbeatsController {
  constructor(private readonly heartbeats: HeartbeatsService) {}

  @Get()
  @Permission('incidents.read')
  @Documented({
    tag,
    summary: 'Heartbeats and sources with quietAfter: what is expected, and when it is late',
    reply: HeartbeatsReply,
  })
  async list() {
    return { items: await this.heartbeats.list(), next: null };
  }

  @Get(':source')
  @Permission('incidents.read')
  @Documented({ tag, summary: 'One, with its last pings', reply: HeartbeatReply })
  get(@Param('source') source: string) {
    return this.heartbeats.get(source);
  }
}
